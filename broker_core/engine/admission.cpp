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

Status Admission::open(Session& session, const protocol::Frame& request) {
  const protocol::FrameHeader& header = request.header;
  Connection& connection = session.connection;
  if (header.stream_id <= connection.last_stream) {
    return {StatusCode::invalid_argument, "the REQUEST's stream id is not above the last one"};
  }
  if (protocol::frame_charge(header.payload_len) > state_.description.limits.stream_window) {
    return {StatusCode::invalid_argument, "more was sent than the stream's credit"};
  }
  const Result<protocol::RequestMeta> meta = protocol::decode_request(request.meta);
  if (!meta && meta.status().code != StatusCode::unimplemented) return meta.status();
  connection.last_stream = header.stream_id;

  if (session.calls.size() >= session.max_streams) {
    send_end(state_, connection, header.stream_id,
             {.status = StatusCode::resource_exhausted,
              .retry = RetryClass::safe,
              .origin = Origin::broker,
              .message = "too many open streams"});
    return {};
  }

  Call& call = create(session, header);
  const Verdict verdict = judge(session, request, meta, call);
  if (verdict.status != StatusCode::ok) {
    outcomes_.decide(call, verdict.status, verdict.retry, verdict.message, verdict.retry_after);
    return {};
  }
  if (!meta->traceparent.empty()) {  // Version 00: the trace's id comes first.
    std::ranges::copy(meta->traceparent.first(call.trace_id.size()), call.trace_id.begin());
  }
  // Encoded again, so that a worker gets only what this broker knows and checked.
  std::array<std::byte, limits::max_meta_bytes> meta_buffer;
  protocol::RequestMeta forwarded = *meta;
  forwarded.caller_sid = session.sid;  // Never what a client says of itself.
  const std::size_t meta_bytes = protocol::encode(forwarded, MutableByteView{meta_buffer});
  call.to_worker.chunks.start_keeping();
  call.to_worker.chunks.push(state_.store, {.flags = header.flags, .type = protocol::FrameType::request},
                             ByteView{meta_buffer}.first(meta_bytes), request.payload);
  state_.timers.set(call.timer, call.deadline);
  dispatcher_.place(call);
  return {};
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
                                    const Result<protocol::RequestMeta>& meta, Call& call) const {
  if (!meta) return {StatusCode::unimplemented, RetryClass::never, meta.status().message};
  if (!protocol::is_valid_route(meta->route)) {
    return {
        StatusCode::invalid_argument, RetryClass::never,
        "the route's name is not valid: '" + escaped_text(meta->route, EscapeStyle::quoted, longest_shown_route) + "'"};
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
  const std::optional<RouteIndex> route = state_.routes.find(meta->route);
  if (!route || *route >= session.allowed_routes.size() || !session.allowed_routes[*route]) {
    return {StatusCode::not_found, RetryClass::never, "no such route: '" + std::string{meta->route} + "'"};
  }
  if (call.request.largest > state_.config.max_payload_bytes) {
    return {StatusCode::resource_exhausted, RetryClass::never,
            size_limit_text("the request", brokers_limit, state_.config.max_payload_bytes)};
  }
  call.route = state_.routes.name(*route);
  call.pool = &state_.pools[state_.routes.pool_of(*route)];
  if (call.pool->drained) {
    return {StatusCode::unavailable, RetryClass::after_backoff,
            "pool '" + call.pool->config.name + "' was drained by an administrator", Dispatcher::unsure_retry_after};
  }
  call.deadline = state_.now + Duration{static_cast<Duration::rep>(deadline_us)};
  return {};
}

}  // namespace plugbroker::engine
