// SPDX-License-Identifier: Apache-2.0
#include "broker_core/protocol/request_scan.h"

#include "broker_core/protocol/tlv_table.h"

namespace plugbroker::protocol {
namespace {

/// True when `value`, a `type` of which there was none before, is as long as it may be.
template <TlvType type, typename View>
bool takes(const View& before, std::size_t length) noexcept {
  constexpr TlvRule rule = rule_of(type);
  return before.data() == nullptr && length >= rule.min_length && length <= rule.max_length;
}

/// Reads what nearly all requests have: a route, and perhaps a trace or a content type, all of them right.
/// False when it is anything else; the rules must then decide.
bool scan_request(ByteView metadata, RequestMeta& request) noexcept {
  TlvReader reader(metadata);
  while (const std::optional<Tlv> tlv = reader.next()) {
    const ByteView value = tlv->value;
    if (tlv->type == static_cast<std::uint16_t>(TlvType::route)) {
      if (!takes<TlvType::route>(request.route, value.size())) return false;
      request.route = as_text(value);
    } else if (tlv->type == static_cast<std::uint16_t>(TlvType::traceparent)) {
      if (!takes<TlvType::traceparent>(request.traceparent, value.size())) return false;
      request.traceparent = value;
    } else if (tlv->type == static_cast<std::uint16_t>(TlvType::content_type)) {
      if (!takes<TlvType::content_type>(request.content_type, value.size())) return false;
      request.content_type = as_text(value);
    } else {
      return false;
    }
  }
  return !reader.malformed() && request.route.data() != nullptr;
}

}  // namespace

Result<RequestMeta> decode_request(ByteView metadata) {
  RequestMeta request;
  if (scan_request(metadata, request)) [[likely]]
    return request;
  return decode_request_by_rules(metadata);
}

}  // namespace plugbroker::protocol
