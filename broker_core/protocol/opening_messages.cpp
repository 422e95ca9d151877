// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "broker_core/base/assert.h"
#include "broker_core/protocol/messages.h"
#include "broker_core/protocol/metadata_fields.h"

namespace plugbroker::protocol {
namespace {

constexpr std::array hello_rules{
    required(TlvType::role),         required(TlvType::wire_version_min),  required(TlvType::wire_version_max),
    required(TlvType::max_chunk),    required(TlvType::max_streams),       required(TlvType::stream_window),
    required(TlvType::max_payload),  required(TlvType::connection_window), optional(TlvType::features_supported),
    optional(TlvType::library_name), optional(TlvType::library_version),   optional(TlvType::features_required),
};
constexpr std::array acceptance_rules{
    required(TlvType::result),       required(TlvType::wire_version_min),  required(TlvType::wire_version_max),
    required(TlvType::max_chunk),    required(TlvType::max_streams),       required(TlvType::stream_window),
    required(TlvType::max_payload),  required(TlvType::connection_window), optional(TlvType::features_supported),
    optional(TlvType::library_name), optional(TlvType::library_version),   optional(TlvType::features_required),
    required(TlvType::wire_version), required(TlvType::instance_id),       optional(TlvType::message),
};
constexpr std::array refusal_rules{
    required(TlvType::result),
    required(TlvType::message),
    required(TlvType::wire_version_min),
    required(TlvType::wire_version_max),
};
constexpr std::array ready_rules{
    repeated(TlvType::route, limits::max_routes_per_worker),
    required(TlvType::concurrency),
};

void put_wire_versions(TlvWriter& writer, const PeerDescription& peer) noexcept {
  writer.put_u16(TlvType::wire_version_min, peer.wire_version_min);
  writer.put_u16(TlvType::wire_version_max, peer.wire_version_max);
}

void put_peer(TlvWriter& writer, const PeerDescription& peer) noexcept {
  put_wire_versions(writer, peer);
  if (peer.features_supported != 0) writer.put_u64(TlvType::features_supported, peer.features_supported);
  if (peer.features_required != 0) writer.put_u64(TlvType::features_required, peer.features_required);
  writer.put_u32(TlvType::max_chunk, peer.limits.max_chunk);
  writer.put_u32(TlvType::max_streams, peer.limits.max_streams);
  writer.put_u32(TlvType::stream_window, peer.limits.stream_window);
  writer.put_u32(TlvType::connection_window, peer.limits.connection_window);
  writer.put_u64(TlvType::max_payload, peer.limits.max_payload);
  put_text_unless_empty<TlvType::library_name>(writer, peer.library_name);
  put_text_unless_empty<TlvType::library_version>(writer, peer.library_version);
}

template <const auto& rules>
PeerDescription peer_of(const FieldSet<rules>& fields) {
  return {
      .wire_version_min = fields.template number<TlvType::wire_version_min, std::uint16_t>(),
      .wire_version_max = fields.template number<TlvType::wire_version_max, std::uint16_t>(),
      .features_supported = fields.template number<TlvType::features_supported, std::uint64_t>(),
      .features_required = fields.template number<TlvType::features_required, std::uint64_t>(),
      .limits = {.max_chunk = fields.template number<TlvType::max_chunk, std::uint32_t>(),
                 .max_streams = fields.template number<TlvType::max_streams, std::uint32_t>(),
                 .stream_window = fields.template number<TlvType::stream_window, std::uint32_t>(),
                 .connection_window = fields.template number<TlvType::connection_window, std::uint32_t>(),
                 .max_payload = fields.template number<TlvType::max_payload, std::uint64_t>()},
      .library_name = std::string{fields.template text<TlvType::library_name>()},
      .library_version = std::string{fields.template text<TlvType::library_version>()},
  };
}

/// The first result decides which rules hold; whether it is well-formed is those rules' business.
bool is_refusal(ByteView metadata) noexcept {
  TlvReader reader(metadata);
  while (const std::optional<Tlv> tlv = reader.next()) {
    if (static_cast<TlvType>(tlv->type & ~tlv_critical_bit) != TlvType::result) continue;
    return tlv->value.size() == sizeof(std::uint16_t) && load_le<std::uint16_t>(tlv->value.data()) != 0;
  }
  return false;
}

StatusCode refusal_code(std::uint16_t number) noexcept {
  return number <= highest_status_code ? static_cast<StatusCode>(number) : StatusCode::unknown;
}

Result<HelloAck> decode_refusal(ByteView metadata) {
  FieldSet<refusal_rules> fields;
  if (Status status = fields.read(FrameType::hello_ack, metadata); !status.ok()) return status;
  HelloAck ack;
  ack.result = {refusal_code(fields.number<TlvType::result, std::uint16_t>()),
                std::string{fields.text<TlvType::message>()}};
  ack.peer.wire_version_min = fields.number<TlvType::wire_version_min, std::uint16_t>();
  ack.peer.wire_version_max = fields.number<TlvType::wire_version_max, std::uint16_t>();
  return ack;
}

/// Empty when `ready` may be sent.
std::string why_not_sendable(const Ready& ready) {
  if (ready.routes.empty() || ready.routes.size() > limits::max_routes_per_worker) return "READY: 1 to 256 routes";
  if (ready.concurrency < 1 || ready.concurrency > limits::max_concurrency) return "READY: concurrency 1 to 1024";
  std::size_t length = tlv_header_bytes + sizeof ready.concurrency;
  for (const std::string& route : ready.routes) {
    if (!is_valid_route(route)) return "READY: a route must be 1 to 255 bytes of A-Z a-z 0-9 . _ - /";
    length += tlv_header_bytes + route.size();
  }
  return length > limits::max_meta_bytes ? "READY: the routes are longer than 8192 bytes together" : "";
}

}  // namespace

std::size_t encode(const Hello& hello, MutableByteView buffer) noexcept {
  TlvWriter writer(buffer);
  writer.put_u8(TlvType::role, static_cast<std::uint8_t>(hello.role));
  put_peer(writer, hello.peer);
  return writer.size();
}

std::size_t encode(const HelloAck& ack, MutableByteView buffer) noexcept {
  TlvWriter writer(buffer);
  writer.put_u16(TlvType::result, static_cast<std::uint16_t>(ack.result.code));
  if (ack.result.ok()) {
    writer.put_u16(TlvType::wire_version, ack.wire_version);
    writer.put_bytes(TlvType::instance_id, ack.instance_id);
    put_peer(writer, ack.peer);
    put_text_unless_empty<TlvType::message>(writer, ack.result.message);
  } else {
    put_text<TlvType::message>(writer, ack.result.message);
    put_wire_versions(writer, ack.peer);
  }
  return writer.size();
}

Result<std::size_t> encode(const Ready& ready, MutableByteView buffer) {
  if (std::string reason = why_not_sendable(ready); !reason.empty()) {
    return {StatusCode::invalid_argument, std::move(reason)};
  }
  TlvWriter writer(buffer);
  for (const std::string& route : ready.routes) writer.put_bytes(TlvType::route, as_byte_view(route));
  writer.put_u32(TlvType::concurrency, ready.concurrency);
  return writer.size();
}

Result<Hello> decode_hello(ByteView metadata) {
  FieldSet<hello_rules> fields;
  if (Status status = fields.read(FrameType::hello, metadata); !status.ok()) return status;
  return Hello{.role = static_cast<Role>(fields.number<TlvType::role, std::uint8_t>()), .peer = peer_of(fields)};
}

Result<HelloAck> decode_hello_ack(ByteView metadata) {
  if (is_refusal(metadata)) return decode_refusal(metadata);
  FieldSet<acceptance_rules> fields;
  if (Status status = fields.read(FrameType::hello_ack, metadata); !status.ok()) return status;
  HelloAck ack;
  ack.wire_version = fields.number<TlvType::wire_version, std::uint16_t>();
  std::ranges::copy(fields.bytes<TlvType::instance_id>(), ack.instance_id.begin());
  ack.peer = peer_of(fields);
  return ack;
}

Result<Ready> decode_ready(ByteView metadata) {
  FieldSet<ready_rules> fields;
  if (Status status = fields.read(FrameType::ready, metadata); !status.ok()) return status;
  Ready ready;
  ready.concurrency = fields.number<TlvType::concurrency, std::uint32_t>();
  TlvReader reader(metadata);
  while (const std::optional<Tlv> tlv = reader.next()) {
    if (static_cast<TlvType>(tlv->type & ~tlv_critical_bit) != TlvType::route) continue;
    if (!is_valid_route(as_text(tlv->value))) {
      return {StatusCode::invalid_argument, "READY: route must be made of A-Z a-z 0-9 . _ - /"};
    }
    ready.routes.emplace_back(as_text(tlv->value));
  }
  return ready;
}

}  // namespace plugbroker::protocol
