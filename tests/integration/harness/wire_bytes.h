// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The bytes of docs/PROTOCOL.md, written down a second time, without the product's code and without its checks: a test
/// can make any frame with it, also one that must be refused.
namespace plugbroker::harness::wire {

enum Type : std::uint8_t { hello = 1, hello_ack, ready, request, data, end, cancel, window, ping, pong, goaway };

inline constexpr std::uint16_t end_stream = 1;
inline constexpr std::uint16_t more = 2;

struct Header {
  std::uint16_t magic = 0x4250;
  std::uint8_t version = 1;
  std::uint8_t type = ping;
  std::uint16_t flags = 0;
  std::uint16_t meta_len = 0;
  std::uint32_t payload_len = 0;
  std::uint32_t reserved = 0;
  std::uint64_t stream = 0;
  std::uint64_t deadline_us = 0;
};

inline constexpr std::size_t header_size = 32;

/// `value` in `size` bytes, little-endian.
[[nodiscard]] std::string little_endian(std::uint64_t value, std::size_t size);
[[nodiscard]] std::uint64_t from_little_endian(std::string_view bytes);

[[nodiscard]] std::string bytes(const Header& header);
/// Needs 32 bytes.
[[nodiscard]] Header parse(std::string_view bytes);

/// A whole frame; the header's lengths are set.
[[nodiscard]] std::string frame(Header header, std::string_view meta, std::string_view payload);

[[nodiscard]] std::string tlv(std::uint16_t type, std::string_view value);
[[nodiscard]] std::string tlv(std::uint16_t type, std::uint64_t value, std::size_t size);
/// The value of the first TLV of that type.
[[nodiscard]] std::optional<std::string> find_tlv(std::string_view meta, std::uint16_t type);

/// A HELLO that the broker accepts from a plugin.
[[nodiscard]] std::string client_hello(std::uint16_t lowest_version = 1, std::uint16_t highest_version = 1);

/// A HELLO that the broker accepts from a worker.
[[nodiscard]] std::string worker_hello();

/// A REQUEST with the whole payload (at most 64 KiB) in it, unless `flags` says otherwise.
[[nodiscard]] std::string request_frame(std::uint64_t stream, std::string_view route, std::string_view payload,
                                        std::uint16_t flags = end_stream, std::uint64_t deadline_us = 30'000'000);

}  // namespace plugbroker::harness::wire
