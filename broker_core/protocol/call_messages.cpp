// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "broker_core/protocol/decode_by_rules.h"
#include "broker_core/protocol/messages.h"
#include "broker_core/protocol/metadata_fields.h"
#include "broker_core/protocol/request_scan.h"

namespace plugbroker::protocol {
namespace {

constexpr std::array request_rules{
    required(TlvType::route),
    optional(TlvType::traceparent),
    optional(TlvType::content_type),
    optional(TlvType::idempotency_key),
    optional(TlvType::tracestate),
    optional(TlvType::caller_sid),
    optional(TlvType::caller_account),
    optional(TlvType::caller_integrity),
    optional(TlvType::caller_session),
    optional_and_repeated(TlvType::app_metadata, limits::max_metadata_pairs),
};
constexpr std::array end_rules{
    required(TlvType::status),
    required(TlvType::retry),
    required(TlvType::origin),
    required(TlvType::worker_received),
    optional(TlvType::message),
    optional(TlvType::content_type),
    optional_and_repeated(TlvType::app_metadata, limits::max_metadata_pairs),
    optional(TlvType::detail),
    optional(TlvType::retry_after_us),
};

constexpr bool is_route_character(char c) noexcept {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
         c == '-' || c == '/';
}

// Apart, because no client's request has any of it.
void put_caller(TlvWriter& writer, const RequestMeta& request) noexcept {
  put_whole_unless_empty<TlvType::caller_sid>(writer, as_byte_view(request.caller_sid));
  put_text_unless_empty<TlvType::caller_account>(writer, request.caller_account);
  if (request.caller_integrity) writer.put_u32(TlvType::caller_integrity, *request.caller_integrity);
  if (request.caller_session) writer.put_u32(TlvType::caller_session, *request.caller_session);
}

}  // namespace

std::size_t encode(const RequestMeta& request, MutableByteView buffer) noexcept {
  TlvWriter writer(buffer);
  put_text<TlvType::route>(writer, request.route);
  if (request.traceparent.size() == TraceParent{}.size()) writer.put_bytes(TlvType::traceparent, request.traceparent);
  put_text_unless_empty<TlvType::content_type>(writer, request.content_type);
  put_whole_unless_empty<TlvType::idempotency_key>(writer, as_byte_view(request.idempotency_key));
  put_whole_unless_empty<TlvType::tracestate>(writer, as_byte_view(request.tracestate));
  if (!request.app_metadata.empty()) put_app_metadata(writer, request.app_metadata);
  if (!request.caller_sid.empty()) put_caller(writer, request);
  return writer.size();
}

std::size_t encode(const EndMeta& end, MutableByteView buffer) noexcept {
  TlvWriter writer(buffer);
  writer.put_u16(TlvType::status, static_cast<std::uint16_t>(end.status));
  writer.put_u8(TlvType::retry, static_cast<std::uint8_t>(end.retry));
  writer.put_u8(TlvType::origin, static_cast<std::uint8_t>(end.origin));
  writer.put_u8(TlvType::worker_received, end.worker_received ? 1 : 0);
  put_text_unless_empty<TlvType::message>(writer, end.message);
  put_text_unless_empty<TlvType::content_type>(writer, end.content_type);
  if (!end.app_metadata.empty()) put_app_metadata(writer, end.app_metadata);
  put_whole_unless_empty<TlvType::detail>(writer, end.detail);
  constexpr std::uint64_t longest = rule_of(TlvType::retry_after_us).max_value;
  if (end.retry_after_us != 0) writer.put_u64(TlvType::retry_after_us, std::min(end.retry_after_us, longest));
  return writer.size();
}

Result<RequestMeta> decode_request_by_rules(ByteView metadata) {
  FieldSet<request_rules> fields;
  if (Status status = fields.read(FrameType::request, metadata); !status.ok()) return status;
  return RequestMeta{.route = fields.text<TlvType::route>(),
                     .traceparent = fields.bytes<TlvType::traceparent>(),
                     .content_type = fields.text<TlvType::content_type>(),
                     .idempotency_key = fields.text<TlvType::idempotency_key>(),
                     .tracestate = fields.text<TlvType::tracestate>(),
                     .caller_sid = fields.text<TlvType::caller_sid>(),
                     .caller_account = fields.text<TlvType::caller_account>(),
                     .caller_integrity = fields.number_if_there<TlvType::caller_integrity, std::uint32_t>(),
                     .caller_session = fields.number_if_there<TlvType::caller_session, std::uint32_t>(),
                     .app_metadata = {metadata, fields.count<TlvType::app_metadata>()}};
}

/// An END of the four TLVs that it needs, in the order that encode() gives them, and of nothing else.
Result<EndMeta> decode_end(ByteView metadata) {
  constexpr std::size_t at_retry = 6;
  constexpr std::size_t at_origin = 11;
  constexpr std::size_t at_worker_received = 16;
  constexpr std::size_t length = 21;
  const std::byte* const from = metadata.data();
  const bool is_plain = metadata.size() == length && load_le<std::uint32_t>(from) == tlv_head(TlvType::status, 2) &&
                        load_le<std::uint32_t>(from + at_retry) == tlv_head(TlvType::retry, 1) &&
                        load_le<std::uint32_t>(from + at_origin) == tlv_head(TlvType::origin, 1) &&
                        load_le<std::uint32_t>(from + at_worker_received) == tlv_head(TlvType::worker_received, 1);
  if (!is_plain) return decode_end_by_rules(metadata);
  const auto status = load_le<std::uint16_t>(from + tlv_header_bytes);
  const auto retry = load_le<std::uint8_t>(from + at_retry + tlv_header_bytes);
  const auto origin = load_le<std::uint8_t>(from + at_origin + tlv_header_bytes);
  const auto worker_received = load_le<std::uint8_t>(from + at_worker_received + tlv_header_bytes);
  const bool in_range = status <= highest_status_code && retry <= rule_of(TlvType::retry).max_value &&
                        origin - 1u < rule_of(TlvType::origin).max_value && worker_received <= 1;
  if (!in_range) return decode_end_by_rules(metadata);
  return EndMeta{.status = static_cast<StatusCode>(status),
                 .retry = static_cast<RetryClass>(retry),
                 .origin = static_cast<Origin>(origin),
                 .worker_received = worker_received != 0};
}

Result<EndMeta> decode_end_by_rules(ByteView metadata) {
  FieldSet<end_rules> fields;
  if (Status status = fields.read(FrameType::end, metadata); !status.ok()) return status;
  return EndMeta{.status = static_cast<StatusCode>(fields.number<TlvType::status, std::uint16_t>()),
                 .retry = static_cast<RetryClass>(fields.number<TlvType::retry, std::uint8_t>()),
                 .origin = static_cast<Origin>(fields.number<TlvType::origin, std::uint8_t>()),
                 .worker_received = fields.number<TlvType::worker_received, std::uint8_t>() != 0,
                 .message = fields.text<TlvType::message>(),
                 .content_type = fields.text<TlvType::content_type>(),
                 .app_metadata = {metadata, fields.count<TlvType::app_metadata>()},
                 .detail = fields.bytes<TlvType::detail>(),
                 .retry_after_us = fields.number<TlvType::retry_after_us, std::uint64_t>()};
}

Status check_metadata(FrameType type, ByteView metadata) {
  return read_fields(type, metadata, {}, {});
}

bool is_valid_route(std::string_view route) noexcept {
  return !route.empty() && route.size() <= limits::max_route_bytes && std::ranges::all_of(route, is_route_character);
}

}  // namespace plugbroker::protocol
