// SPDX-License-Identifier: Apache-2.0
#include "broker_core/protocol/request_scan.h"

#include "broker_core/protocol/tlv_table.h"

namespace plugbroker::protocol {
namespace {

/// True when `value`, a `type` of which there was none before, is as long as it may be, and not empty.
template <TlvType type, typename View>
bool takes(const View& before, std::size_t length) noexcept {
  constexpr TlvRule rule = rule_of(type);
  constexpr std::size_t least = rule.min_length > 0 ? rule.min_length : 1;
  return before.empty() && length >= least && length <= rule.max_length;
}

}  // namespace

bool read_plain_request(ByteView metadata, RequestMeta& request) noexcept {
  const std::byte* at = metadata.data();
  std::size_t left = metadata.size();
  while (left != 0) {
    if (left < tlv_header_bytes) return false;
    const auto type = static_cast<TlvType>(load_le<std::uint16_t>(at));
    const std::size_t length = load_le<std::uint16_t>(at + sizeof(std::uint16_t));
    at += tlv_header_bytes;
    left -= tlv_header_bytes;
    if (length > left) return false;
    const ByteView value{at, length};
    if (type == TlvType::route) {
      if (!takes<TlvType::route>(request.route, length)) return false;
      request.route = as_text(value);
    } else if (type == TlvType::traceparent) {
      if (!takes<TlvType::traceparent>(request.traceparent, length)) return false;
      request.traceparent = value;
    } else if (type == TlvType::content_type) {
      if (!takes<TlvType::content_type>(request.content_type, length)) return false;
      request.content_type = as_text(value);
    } else {
      return false;
    }
    at += length;
    left -= length;
  }
  return !request.route.empty();
}

Result<RequestMeta> decode_request(ByteView metadata) {
  RequestMeta request;
  if (read_plain_request(metadata, request)) [[likely]]
    return request;
  return decode_request_by_rules(metadata);
}

}  // namespace plugbroker::protocol
