// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "broker_core/base/assert.h"
#include "broker_core/base/bytes.h"

namespace plugbroker::protocol {

/// Every metadata type of wire version 1 (docs/PROTOCOL.md, "Metadata").
enum class TlvType : std::uint16_t {
  role = 0x0001,
  wire_version_min = 0x0002,
  wire_version_max = 0x0003,
  features_supported = 0x0004,
  features_required = 0x0005,
  max_chunk = 0x0006,
  max_streams = 0x0007,
  stream_window = 0x0008,
  connection_window = 0x0009,
  max_payload = 0x000A,
  library_name = 0x000B,
  library_version = 0x000C,
  result = 0x0010,
  wire_version = 0x0011,
  instance_id = 0x0012,
  route = 0x0020,
  concurrency = 0x0021,
  traceparent = 0x0030,
  content_type = 0x0031,
  idempotency_key = 0x0032,
  tracestate = 0x0033,
  app_metadata = 0x0034,
  caller_sid = 0x0036,
  caller_account = 0x0037,
  caller_integrity = 0x0038,
  caller_session = 0x0039,
  status = 0x0040,
  retry = 0x0041,
  origin = 0x0042,
  worker_received = 0x0043,
  message = 0x0044,
  detail = 0x0045,
  retry_after_us = 0x0046,
  credit = 0x0050,
  last_stream = 0x0060,
  opaque = 0x0070,
  frame_type = 0x0071,
};

inline constexpr std::uint16_t tlv_critical_bit = 0x8000;
inline constexpr std::size_t tlv_header_bytes = 4;

/// One TLV as it stands in the metadata; `value` views the metadata.
struct Tlv {
  std::uint16_t type = 0;
  ByteView value;
};

/// Walks metadata front to back. Never reads past the end; stops at the first malformed TLV.
class TlvReader {
 public:
  explicit TlvReader(ByteView metadata) noexcept : rest_(metadata) {}

  /// The next TLV; nothing at the end and after a malformed one.
  [[nodiscard]] std::optional<Tlv> next() noexcept {
    if (malformed_ || rest_.empty()) return std::nullopt;
    if (rest_.size() < tlv_header_bytes) {
      malformed_ = true;
      return std::nullopt;
    }
    const auto type = load_le<std::uint16_t>(rest_.data());
    const std::size_t length = load_le<std::uint16_t>(rest_.data() + sizeof(std::uint16_t));
    if (length > rest_.size() - tlv_header_bytes) {
      malformed_ = true;
      return std::nullopt;
    }
    const Tlv tlv{type, rest_.subspan(tlv_header_bytes, length)};
    rest_ = rest_.subspan(tlv_header_bytes + length);
    return tlv;
  }

  /// True once a TLV header or value was cut off by the end of the metadata.
  [[nodiscard]] bool malformed() const noexcept { return malformed_; }

 private:
  ByteView rest_;
  bool malformed_ = false;
};

/// Appends TLVs to a fixed buffer that the caller owns; asserts on overflow (sizes are bounded by base/limits.h).
class TlvWriter {
 public:
  explicit TlvWriter(MutableByteView buffer) noexcept : buffer_(buffer) {}

  void put_u8(TlvType type, std::uint8_t value) noexcept;
  void put_u16(TlvType type, std::uint16_t value) noexcept;
  void put_u32(TlvType type, std::uint32_t value) noexcept;
  void put_u64(TlvType type, std::uint64_t value) noexcept;
  void put_bytes(TlvType type, ByteView value) noexcept {
    std::byte* const to = begin_tlv(type, value.size());
    if (!value.empty()) std::memcpy(to, value.data(), value.size());
  }
  /// The key's length in one byte, the key, the value.
  void put_key_value(TlvType type, std::string_view key, std::string_view value) noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  [[nodiscard]] std::byte* begin_tlv(TlvType type, std::size_t length) noexcept {
    PLUGBROKER_ASSERT(length <= 0xFFFF && tlv_header_bytes + length <= buffer_.size() - size_);
    std::byte* const to = buffer_.data() + size_;
    store_le(to, static_cast<std::uint16_t>(type));
    store_le(to + sizeof(std::uint16_t), static_cast<std::uint16_t>(length));
    size_ += tlv_header_bytes + length;
    return to + tlv_header_bytes;
  }

  MutableByteView buffer_;
  std::size_t size_ = 0;
};

}  // namespace plugbroker::protocol
