// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/admission.h"

#include <algorithm>
#include <string>

#include "broker_core/base/escaped_text.h"
#include "broker_core/engine/control_sender.h"
#include "broker_core/engine/size_limit_text.h"

namespace plugbroker::engine {
namespace {

constexpr std::size_t longest_shown_route = 64;

}  // namespace

Offence Admission::open(Session& session, const protocol::Frame& request) {
  const protocol::FrameHeader& header = request.header;
  Connection& connection = session.connection;
  if (header.stream_id <= connection.last_stream) return "the REQUEST's stream id is not above the last one";
  if (protocol::frame_charge(header.payload_len) > state_.description.limits.stream_window) {
    return "more was sent than the stream's credit";
  }
  protocol::RequestMeta meta;
  if (protocol::read_plain_request(request.meta, meta)) [[likely]] {
    admit(session, request, {.meta = &meta}, request.meta);
    return {};
  }
  return open_by_rules(session, request);
}

Offence Admission::open_by_rules(Session& session, const protocol::Frame& request) {
  const Result<protocol::RequestMeta> meta = protocol::decode_request(request.meta);
  if (!meta) {
    if (meta.status().code != StatusCode::unimplemented) return meta.status();
    admit(session, request, {.not_understood = meta.status().message}, {});
    return {};
  }
  // Encoded again, so that a worker gets only what this broker knows and checked.
  std::array<std::byte, limits::max_meta_bytes> buffer;
  protocol::RequestMeta forwarded = *meta;
  forwarded.caller_sid = {};  // Never what a client says of itself.
  const std::size_t length = protocol::encode(forwarded, MutableByteView{buffer});
  admit(session, request, {.meta = &*meta}, ByteView{buffer}.first(length));
  return {};
}

/// Takes a REQUEST that breaks no rule of the protocol. `to_forward` is what the worker gets of its metadata.
void Admission::admit(Session& session, const protocol::Frame& request, const Asked& asked, ByteView to_forward) {
  const protocol::FrameHeader& header = request.header;
  Connection& connection = session.connection;
  connection.last_stream = header.stream_id;

  if (session.calls.size() >= session.max_streams) {
    send_end(state_, connection, header.stream_id,
             {.status = StatusCode::resource_exhausted,
              .retry = RetryClass::safe,
              .origin = Origin::broker,
              .message = "too many open streams"});
    return;
  }

  Call& call = create(session, header);
  const Verdict verdict = judge(session, request, asked, call);
  if (verdict.status != StatusCode::ok) {
    outcomes_.decide(call, verdict.status, verdict.retry, verdict.message);
    return;
  }
  if (const ByteView trace = asked.meta->traceparent; !trace.empty()) {  // Version 00: the trace's id comes first.
    std::ranges::copy(trace.first(call.trace_id.size()), call.trace_id.begin());
  }
  call.to_worker.chunks.start_keeping();
  call.to_worker.chunks.push(state_.store, {.flags = header.flags, .type = protocol::FrameType::request}, to_forward,
                             session.caller_meta, request.payload);
  state_.timers.set(call.timer, call.deadline);
  dispatcher_.place(call);
}

Call& Admission::create(Session& session, const protocol::FrameHeader& header) {
  Call& call = state_.calls.create();
  call.session = &session;
  session.calls.push_back(call);
  call.to_client.id = header.stream_id;
  call.to_client.window = protocol::SendWindow{session.connection.peer.stream_window};
  state_.calls.add_stream(session.connection.id, header.stream_id, call);
  ++state_.calls_accepted;
  ++state_.calls_in_progress;
  call.from_client = protocol::ReceiveWindow{state_.description.limits.stream_window};
  PLUGBROKER_ASSERT(call.from_client.receive(protocol::frame_charge(header.payload_len)));  // It was checked.
  PLUGBROKER_ASSERT(call.request.take(header));                                             // No message has begun.
  call.request_complete = (header.flags & protocol::flag_end_stream) != 0;
  return call;
}

Admission::Verdict Admission::judge(const Session& session, const protocol::Frame& request,
                                    const Asked& asked, Call& call) const {
  if (asked.meta == nullptr) {
    return {StatusCode::unimplemented, RetryClass::never, std::string{asked.not_understood}};
  }
  const std::string_view name = asked.meta->route;
  const std::optional<RouteIndex> route = state_.routes.find(name);
  if (!route && !protocol::is_valid_route(name)) {
    return {StatusCode::invalid_argument, RetryClass::never,
            "the route's name is not valid: '" + escaped_text(name, EscapeStyle::quoted, longest_shown_route) + "'"};
  }
  constexpr auto longest_us = static_cast<std::uint64_t>(limits::max_deadline / Duration{1});
  const std::uint64_t deadline_us = request.header.deadline_us;
  if (deadline_us == 0 || deadline_us > longest_us) {
    return {StatusCode::invalid_argument, RetryClass::never, "the deadline is outside 1 microsecond to 24 hours"};
  }
  if (session.state != SessionState::open) {
    return {StatusCode::unavailable, RetryClass::safe, "the broker is stopping"};
  }
  // Unknown and not allowed look the same from outside: nothing is named but what the caller said.
  if (!route || *route >= session.allowed_routes.size() || !session.allowed_routes[*route]) {
    return {StatusCode::not_found, RetryClass::never, "no such route: '" + std::string{name} + "'"};
  }
  if (call.request.largest > state_.config.max_payload_bytes) {
    return {StatusCode::resource_exhausted, RetryClass::never,
            size_limit_text("the request", brokers_limit, state_.config.max_payload_bytes)};
  }
  call.route = state_.routes.name(*route);
  call.pool = &state_.pools[state_.routes.pool_of(*route)];
  if (call.pool->drained) {
    return {StatusCode::unavailable, RetryClass::safe,
            "pool '" + call.pool->config.name + "' was drained by an administrator"};
  }
  call.deadline = state_.now + Duration{static_cast<Duration::rep>(deadline_us)};
  return {};
}

}  // namespace plugbroker::engine
