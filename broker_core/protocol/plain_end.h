// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstring>

#include "broker_core/protocol/messages.h"
#include "broker_core/protocol/tlv_table.h"

/// An END of the four TLVs that it needs, in the order that encode() gives them, and of no other: so are nearly all, and
/// this one is read and written at fixed places.
namespace plugbroker::protocol {

namespace plain_end {

inline constexpr std::uint32_t status_head = tlv_head(TlvType::status, 2);
inline constexpr std::uint32_t retry_head = tlv_head(TlvType::retry, 1);
inline constexpr std::uint32_t origin_head = tlv_head(TlvType::origin, 1);
inline constexpr std::uint32_t worker_received_head = tlv_head(TlvType::worker_received, 1);

inline constexpr std::size_t at_status = tlv_header_bytes;
inline constexpr std::size_t at_retry = at_status + 2 + tlv_header_bytes;
inline constexpr std::size_t at_origin = at_retry + 1 + tlv_header_bytes;
inline constexpr std::size_t at_worker_received = at_origin + 1 + tlv_header_bytes;
inline constexpr std::size_t bytes = at_worker_received + 1;

}  // namespace plain_end

[[nodiscard]] inline bool is_plain(const EndMeta& end) noexcept {
  return (end.message.size() | end.content_type.size() | end.app_metadata.size() | end.detail.size() |
          end.retry_after_us) == 0;
}

/// Writes plain_end::bytes.
inline void encode_plain(const EndMeta& end, std::byte* to) noexcept {
  using namespace plain_end;
  store_le(to, status_head);
  store_le(to + at_status, static_cast<std::uint16_t>(end.status));
  store_le(to + at_retry - tlv_header_bytes, retry_head);
  store_le(to + at_retry, static_cast<std::uint8_t>(end.retry));
  store_le(to + at_origin - tlv_header_bytes, origin_head);
  store_le(to + at_origin, static_cast<std::uint8_t>(end.origin));
  store_le(to + at_worker_received - tlv_header_bytes, worker_received_head);
  store_le(to + at_worker_received, std::uint8_t{end.worker_received});
}

/// False, and `end` is as before, when it is another END, or none: decode_end() must then decide.
[[nodiscard]] inline bool decode_plain(ByteView metadata, EndMeta& end) noexcept {
  using namespace plain_end;
  const std::byte* const from = metadata.data();
  if (metadata.size() != bytes || load_le<std::uint32_t>(from) != status_head ||
      load_le<std::uint32_t>(from + at_retry - tlv_header_bytes) != retry_head ||
      load_le<std::uint32_t>(from + at_origin - tlv_header_bytes) != origin_head ||
      load_le<std::uint32_t>(from + at_worker_received - tlv_header_bytes) != worker_received_head) {
    return false;
  }
  const auto status = load_le<std::uint16_t>(from + at_status);
  const auto retry = load_le<std::uint8_t>(from + at_retry);
  const auto origin = load_le<std::uint8_t>(from + at_origin);
  const auto worker_received = load_le<std::uint8_t>(from + at_worker_received);
  if (status > highest_status_code || retry > rule_of(TlvType::retry).max_value ||
      origin - 1u >= rule_of(TlvType::origin).max_value || worker_received > 1) {
    return false;
  }
  end.status = static_cast<StatusCode>(status);
  end.retry = static_cast<RetryClass>(retry);
  end.origin = static_cast<Origin>(origin);
  end.worker_received = worker_received != 0;
  return true;
}

}  // namespace plugbroker::protocol
