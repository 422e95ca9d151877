// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/library_reading.h"

#include <map>

#include "broker_core/protocol/frame_reader.h"
#include "broker_core/protocol/frame_table.h"
#include "broker_core/protocol/messages.h"

namespace plugbroker::conformance {
namespace {

using protocol::FrameType;

/// Gathers values by name: required ones always, optional ones unless zero or empty.
class ValueList {
 public:
  template <typename Number>
  void number(std::string name, Number value) {
    values_.emplace_back(std::move(name), std::to_string(static_cast<std::uint64_t>(value)));
  }
  void text(std::string name, std::string_view value) { values_.emplace_back(std::move(name), std::string{value}); }
  template <typename Number>
  void optional_number(std::string name, Number value) {
    if (value != Number{}) number(std::move(name), value);
  }
  void optional_text(std::string name, std::string_view value) {
    if (!value.empty()) text(std::move(name), value);
  }
  void pairs(const protocol::AppMetadata& metadata) {
    for (const protocol::MetadataPair pair : metadata) {
      text("app_metadata", std::string{pair.key} + "=" + std::string{pair.value});
    }
  }
  [[nodiscard]] Values sorted() const {
    // Values of one name keep their order.
    const std::multimap<std::string, std::string> by_name(values_.begin(), values_.end());
    return Values(by_name.begin(), by_name.end());
  }

 private:
  Values values_;
};

void add(ValueList& values, const protocol::PeerDescription& peer) {
  values.number("wire_version_min", peer.wire_version_min);
  values.number("wire_version_max", peer.wire_version_max);
  values.optional_number("features_supported", peer.features_supported);
  values.optional_number("features_required", peer.features_required);
  values.number("max_chunk", peer.limits.max_chunk);
  values.number("max_streams", peer.limits.max_streams);
  values.number("stream_window", peer.limits.stream_window);
  values.number("connection_window", peer.limits.connection_window);
  values.number("max_payload", peer.limits.max_payload);
  values.optional_text("library_name", peer.library_name);
  values.optional_text("library_version", peer.library_version);
}

void add(ValueList& values, const protocol::Hello& hello) {
  values.number("role", hello.role);
  add(values, hello.peer);
}

void add(ValueList& values, const protocol::HelloAck& ack) {
  values.number("result", ack.result.code);
  if (!ack.result.ok()) {
    values.text("message", ack.result.message);
    values.number("wire_version_min", ack.peer.wire_version_min);
    values.number("wire_version_max", ack.peer.wire_version_max);
    return;
  }
  values.number("wire_version", ack.wire_version);
  values.text("instance_id", to_hex(ack.instance_id));
  add(values, ack.peer);
}

void add(ValueList& values, const protocol::Ready& ready) {
  for (const std::string& route : ready.routes) values.text("route", route);
  values.number("concurrency", ready.concurrency);
}

void add(ValueList& values, const protocol::RequestMeta& request) {
  values.text("route", request.route);
  values.optional_text("traceparent", to_hex(request.traceparent));
  values.optional_text("content_type", request.content_type);
  values.optional_text("idempotency_key", request.idempotency_key);
  values.optional_text("tracestate", request.tracestate);
  values.optional_text("caller_sid", request.caller_sid);
  values.optional_text("caller_account", request.caller_account);
  if (request.caller_integrity.value_or(0) != 0) values.number("caller_integrity", *request.caller_integrity);
  if (request.caller_session.value_or(0) != 0) values.number("caller_session", *request.caller_session);
  values.pairs(request.app_metadata);
}

void add(ValueList& values, const protocol::EndMeta& end) {
  values.number("status", end.status);
  values.number("retry", end.retry);
  values.number("origin", end.origin);
  values.number("worker_received", end.worker_received ? 1 : 0);
  values.optional_text("message", end.message);
  values.optional_text("content_type", end.content_type);
  values.pairs(end.app_metadata);
  values.optional_text("detail", to_hex(end.detail));
  values.optional_number("retry_after_us", end.retry_after_us);
}

void add(ValueList& values, const protocol::GoAway& goaway) {
  values.number("last_stream", goaway.last_stream);
  values.number("status", goaway.status);
  values.optional_text("message", goaway.message);
}

/// Decodes `metadata` and hands what was decoded to `take`, or the name of the single number that the frame has.
template <typename Take>
Status decode(FrameType type, ByteView metadata, Take take) {
  const auto pass = [&](const auto& decoded, const auto&... name) {
    if (!decoded) return decoded.status();
    take(*decoded, name...);
    return Status{};
  };
  switch (type) {
    case FrameType::hello:
      return pass(protocol::decode_hello(metadata));
    case FrameType::hello_ack:
      return pass(protocol::decode_hello_ack(metadata));
    case FrameType::ready:
      return pass(protocol::decode_ready(metadata));
    case FrameType::request:
      return pass(protocol::decode_request(metadata));
    case FrameType::end:
      return pass(protocol::decode_end(metadata));
    case FrameType::goaway:
      return pass(protocol::decode_goaway(metadata));
    case FrameType::window:
      return pass(protocol::decode_credit(metadata), "credit");
    case FrameType::ping:
    case FrameType::pong:
      return pass(protocol::decode_opaque(metadata), "opaque");
    case FrameType::unimplemented:
      return pass(protocol::decode_frame_type(metadata), "frame_type");
    default:
      return protocol::check_metadata(type, metadata);
  }
}

std::string verdict(const Status& status) {
  if (status.ok()) return "valid";
  return status.code == StatusCode::unimplemented ? "unknown_critical" : "protocol_error";
}

ExpectedFrame described(const protocol::Frame& frame) {
  ExpectedFrame seen;
  seen.type = static_cast<int>(frame.header.type);
  seen.flags = frame.header.flags;
  seen.stream_id = std::to_string(frame.header.stream_id);
  seen.deadline_us = std::to_string(frame.header.deadline_us);
  seen.payload = payload_text(frame.payload);
  seen.metadata = "valid";
  if (!protocol::is_known(frame.header.type)) return seen;  // Nobody looks at its metadata.
  ValueList values;
  const auto take = [&](const auto& decoded, const auto&... name) {
    if constexpr (sizeof...(name) == 0) {
      add(values, decoded);
    } else {
      values.number(name..., decoded);
    }
  };
  seen.metadata = verdict(decode(frame.header.type, frame.meta, take));
  seen.values = values.sorted();
  return seen;
}

std::string error_name(protocol::HeaderError error) {
  using enum protocol::HeaderError;
  switch (error) {
    case bad_magic:
      return "bad_magic";
    case bad_header_version:
      return "bad_header_version";
    case unknown_flags:
      return "unknown_flags";
    case conflicting_flags:
      return "conflicting_flags";
    case meta_too_long:
      return "meta_too_long";
    case payload_too_long:
      return "payload_too_long";
    case unexpected_payload:
      return "unexpected_payload";
    case reserved_not_zero:
      return "reserved_not_zero";
    case unexpected_deadline:
      return "unexpected_deadline";
    case bad_stream_id:
      return "bad_stream_id";
  }
  return "?";
}

}  // namespace

Reading read_pieces(const std::vector<ByteView>& pieces) {
  Reading reading;
  protocol::FrameReader reader;
  for (const ByteView piece : pieces) {
    reader.feed(piece);
    while (const auto frame = reader.next()) reading.frames.push_back(described(*frame));
  }
  reading.end = reader.error() ? error_name(*reader.error()) : reader.in_frame() ? "cut_off" : "whole";
  return reading;
}

std::vector<std::byte> written_again(int type, ByteView metadata) {
  std::vector<std::byte> buffer(limits::max_meta_bytes);
  std::size_t used = 0;
  const auto take = [&](const auto& decoded, const auto&... name) {
    if constexpr (std::is_same_v<std::decay_t<decltype(decoded)>, protocol::Ready>) {
      used = protocol::encode(decoded, buffer).value();
    } else if constexpr (sizeof...(name) == 0) {
      used = protocol::encode(decoded, buffer);
    } else if constexpr (sizeof(decoded) == 1) {
      used = protocol::encode_frame_type(decoded, buffer);
    } else if constexpr (sizeof(decoded) == 4) {
      used = protocol::encode_credit(decoded, buffer);
    } else {
      used = protocol::encode_opaque(decoded, buffer);
    }
  };
  (void)decode(static_cast<FrameType>(type), metadata, take);
  buffer.resize(used);
  return buffer;
}

}  // namespace plugbroker::conformance
