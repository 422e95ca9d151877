// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

/// Bytes as docs/PROTOCOL.md has them, put together without the code under test.
namespace plugbroker::wire {

/// A vector that `+` joins.
struct Bytes : std::vector<std::byte> {
  using std::vector<std::byte>::vector;
};

inline Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

template <typename T>
Bytes number(T value) {
  Bytes bytes;
  for (std::size_t i = 0; i < sizeof(T); ++i) bytes.push_back(static_cast<std::byte>(value >> (8 * i) & 0xFF));
  return bytes;
}
inline Bytes u8(std::uint8_t value) {
  return number(value);
}
inline Bytes u16(std::uint16_t value) {
  return number(value);
}
inline Bytes u32(std::uint32_t value) {
  return number(value);
}
inline Bytes u64(std::uint64_t value) {
  return number(value);
}
inline Bytes filled(std::size_t length, char with = 'x') {
  return Bytes(length, static_cast<std::byte>(with));
}
inline Bytes text(std::string_view value) {
  Bytes bytes;
  for (const char c : value) bytes.push_back(static_cast<std::byte>(c));
  return bytes;
}

inline Bytes tlv(std::uint16_t type, const Bytes& value) {
  return u16(type) + u16(static_cast<std::uint16_t>(value.size())) + value;
}

/// The value of an app_metadata TLV.
inline Bytes pair(std::string_view key, std::string_view value) {
  return u8(static_cast<std::uint8_t>(key.size())) + text(key) + text(value);
}

inline constexpr std::uint16_t critical = 0x8000;

/// A header, every field as it will stand in the bytes.
struct Header {
  std::uint16_t magic = 0x4250;
  std::uint8_t version = 1;
  std::uint8_t type = 9;
  std::uint16_t flags = 0;
  std::uint16_t meta_len = 0;
  std::uint32_t payload_len = 0;
  std::uint32_t reserved = 0;
  std::uint64_t stream_id = 0;
  std::uint64_t deadline_us = 0;

  [[nodiscard]] Bytes bytes() const {
    return u16(magic) + u8(version) + u8(type) + u16(flags) + u16(meta_len) + u32(payload_len) + u32(reserved) +
           u64(stream_id) + u64(deadline_us);
  }
};

/// A whole frame; the lengths are set.
inline Bytes frame(Header header, const Bytes& meta = {}, const Bytes& payload = {}) {
  header.meta_len = static_cast<std::uint16_t>(meta.size());
  header.payload_len = static_cast<std::uint32_t>(payload.size());
  return header.bytes() + meta + payload;
}

}  // namespace plugbroker::wire
