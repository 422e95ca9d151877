// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "broker_core/base/bytes.h"
#include "broker_core/base/limits.h"

namespace plugbroker::protocol {

enum class FrameType : std::uint8_t {
  hello = 1,
  hello_ack = 2,
  ready = 3,
  request = 4,
  data = 5,
  end = 6,
  cancel = 7,
  window = 8,
  ping = 9,
  pong = 10,
  goaway = 11,
  lane = 12,
  unimplemented = 13,
};

[[nodiscard]] std::string_view to_string(FrameType type) noexcept;
[[nodiscard]] bool is_known(FrameType type) noexcept;

inline constexpr std::uint16_t flag_end_stream = 0x0001;  ///< The caller sends no more on this stream.
inline constexpr std::uint16_t flag_more = 0x0002;        ///< The message goes on in the stream's next DATA.
inline constexpr std::uint16_t flag_no_message = 0x0004;  ///< The caller's frame carries no message, nor a part of one.

inline constexpr std::uint16_t header_magic = 0x4250;
inline constexpr std::uint8_t header_version = 1;

/// The 32 bytes at the front of every frame (docs/PROTOCOL.md, "Frames").
struct FrameHeader {
  FrameType type = FrameType::ping;
  std::uint16_t flags = 0;
  std::uint16_t meta_len = 0;
  std::uint32_t payload_len = 0;
  std::uint64_t stream_id = 0;
  std::uint64_t deadline_us = 0;

  friend bool operator==(const FrameHeader&, const FrameHeader&) = default;
};

/// Where the fields of a header are.
namespace header_offsets {
inline constexpr std::size_t at_magic = 0;
inline constexpr std::size_t at_header_version = 2;
inline constexpr std::size_t at_type = 3;
inline constexpr std::size_t at_flags = 4;
inline constexpr std::size_t at_meta_len = 6;
inline constexpr std::size_t at_payload_len = 8;
inline constexpr std::size_t at_reserved = 12;
inline constexpr std::size_t at_stream_id = 16;
inline constexpr std::size_t at_deadline = 24;
}  // namespace header_offsets

using HeaderBytes = std::array<std::byte, limits::frame_header_bytes>;

/// What is wrong with a header; each is fatal to the connection. Found before anything is allocated.
enum class HeaderError : std::uint8_t {
  bad_magic,
  bad_header_version,
  unknown_flags,
  conflicting_flags,
  meta_too_long,
  payload_too_long,
  unexpected_payload,
  reserved_not_zero,
  unexpected_deadline,
  bad_stream_id,  ///< Zero where a stream is needed, or a stream where there must be none.
};

/// A sentence for people, without the received value.
[[nodiscard]] std::string_view to_string(HeaderError error) noexcept;

/// Writes `header` to `to`, which has room for 32 bytes.
inline void encode_header(const FrameHeader& header, std::byte* to) noexcept {
  store_le(to, std::uint64_t{header_magic} | std::uint64_t{header_version} << 16 |
                   std::uint64_t{static_cast<std::uint8_t>(header.type)} << 24 | std::uint64_t{header.flags} << 32 |
                   std::uint64_t{header.meta_len} << 48);
  store_le(to + header_offsets::at_payload_len, std::uint64_t{header.payload_len});  // With the reserved field.
  store_le(to + header_offsets::at_stream_id, header.stream_id);
  store_le(to + header_offsets::at_deadline, header.deadline_us);
}

/// Reads 32 bytes from `from` and checks every field against its limits; `max_payload_len` is the negotiated chunk
/// limit. Of a frame of unknown type only magic, version, reserved and lengths are checked. Returns the error, or
/// nothing and a filled `header`.
[[nodiscard]] std::optional<HeaderError> decode_header(const std::byte* from, std::uint32_t max_payload_len,
                                                       FrameHeader& header) noexcept;

}  // namespace plugbroker::protocol
