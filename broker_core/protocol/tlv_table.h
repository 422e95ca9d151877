// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string_view>

#include "broker_core/base/limits.h"
#include "broker_core/base/status.h"
#include "broker_core/protocol/tlv.h"

/// The table of metadata (docs/PROTOCOL.md, "Metadata") as data: how long each TLV may be and which numbers it may
/// hold. Which TLVs a frame has stands with the decoder of that frame.
namespace plugbroker::protocol {

enum class TlvKind : std::uint8_t { number, bytes, text, key_value };

/// One row. Lengths are inclusive, in bytes; values are inclusive and only of numbers.
struct TlvRule {
  TlvType type{};
  std::string_view name;
  TlvKind kind = TlvKind::number;
  std::uint16_t min_length = 0;
  std::uint16_t max_length = 0;
  std::uint64_t min_value = 0;
  std::uint64_t max_value = std::numeric_limits<std::uint64_t>::max();
};

namespace tlv_rows {

template <typename T>
consteval TlvRule number(TlvType type, std::string_view name, T min_value = 0,
                         T max_value = std::numeric_limits<T>::max()) {
  return {type, name, TlvKind::number, sizeof(T), sizeof(T), min_value, max_value};
}
consteval TlvRule bytes(TlvType type, std::string_view name, std::uint16_t min_length, std::uint16_t max_length) {
  return {type, name, TlvKind::bytes, min_length, max_length};
}
consteval TlvRule text(TlvType type, std::string_view name, std::uint16_t min_length, std::uint16_t max_length) {
  return {type, name, TlvKind::text, min_length, max_length};
}

}  // namespace tlv_rows

inline constexpr std::array<TlvRule, 37> tlv_table{{
    tlv_rows::number<std::uint8_t>(TlvType::role, "role", 1, 2),
    tlv_rows::number<std::uint16_t>(TlvType::wire_version_min, "wire_version_min"),
    tlv_rows::number<std::uint16_t>(TlvType::wire_version_max, "wire_version_max"),
    tlv_rows::number<std::uint64_t>(TlvType::features_supported, "features_supported"),
    tlv_rows::number<std::uint64_t>(TlvType::features_required, "features_required"),
    tlv_rows::number<std::uint32_t>(TlvType::max_chunk, "max_chunk", limits::min_chunk_bytes),
    tlv_rows::number<std::uint32_t>(TlvType::max_streams, "max_streams"),
    tlv_rows::number<std::uint32_t>(TlvType::stream_window, "stream_window", limits::min_window_bytes,
                                    limits::max_window_bytes),
    tlv_rows::number<std::uint32_t>(TlvType::connection_window, "connection_window", limits::min_window_bytes,
                                    limits::max_window_bytes),
    tlv_rows::number<std::uint64_t>(TlvType::max_payload, "max_payload"),
    tlv_rows::text(TlvType::library_name, "library_name", 0, limits::max_library_name_bytes),
    tlv_rows::text(TlvType::library_version, "library_version", 0, limits::max_library_version_bytes),
    tlv_rows::number<std::uint16_t>(TlvType::result, "result"),
    tlv_rows::number<std::uint16_t>(TlvType::wire_version, "wire_version"),
    tlv_rows::bytes(TlvType::instance_id, "instance_id", 16, 16),
    tlv_rows::text(TlvType::route, "route", 1, limits::max_route_bytes),
    tlv_rows::number<std::uint32_t>(TlvType::concurrency, "concurrency", 1, limits::max_concurrency),
    tlv_rows::bytes(TlvType::traceparent, "traceparent", 25, 25),
    tlv_rows::text(TlvType::content_type, "content_type", 0, limits::max_content_type_bytes),
    tlv_rows::text(TlvType::idempotency_key, "idempotency_key", 1, limits::max_idempotency_key_bytes),
    tlv_rows::text(TlvType::tracestate, "tracestate", 0, limits::max_tracestate_bytes),
    TlvRule{TlvType::app_metadata, "app_metadata", TlvKind::key_value, 2,
            1 + limits::max_metadata_key_bytes + limits::max_metadata_value_bytes},
    tlv_rows::text(TlvType::caller_sid, "caller_sid", 0, limits::max_caller_sid_bytes),
    tlv_rows::text(TlvType::caller_account, "caller_account", 0, limits::max_caller_account_bytes),
    tlv_rows::number<std::uint32_t>(TlvType::caller_integrity, "caller_integrity"),
    tlv_rows::number<std::uint32_t>(TlvType::caller_session, "caller_session"),
    tlv_rows::number<std::uint16_t>(TlvType::status, "status", 0, highest_status_code),
    tlv_rows::number<std::uint8_t>(TlvType::retry, "retry", 0, 2),
    tlv_rows::number<std::uint8_t>(TlvType::origin, "origin", 1, 3),
    tlv_rows::number<std::uint8_t>(TlvType::worker_received, "worker_received", 0, 1),
    tlv_rows::text(TlvType::message, "message", 0, limits::max_message_bytes),
    tlv_rows::bytes(TlvType::detail, "detail", 0, limits::max_detail_bytes),
    tlv_rows::number<std::uint64_t>(TlvType::retry_after_us, "retry_after_us", 0, limits::max_deadline / Duration{1}),
    tlv_rows::number<std::uint32_t>(TlvType::credit, "credit", 1, limits::max_window_bytes),
    tlv_rows::number<std::uint64_t>(TlvType::last_stream, "last_stream"),
    tlv_rows::number<std::uint64_t>(TlvType::opaque, "opaque"),
    tlv_rows::number<std::uint8_t>(TlvType::frame_type, "frame_type"),
}};

/// The row of a type that is in the table.
consteval const TlvRule& rule_of(TlvType type) {
  for (const TlvRule& rule : tlv_table) {
    if (rule.type == type) return rule;
  }
  throw "not in the table";
}

}  // namespace plugbroker::protocol
