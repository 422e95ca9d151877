// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/admission.h"

#include <algorithm>
#include <string>

#include "broker_core/base/escaped_text.h"
#include "broker_core/engine/control_sender.h"
#include "broker_core/engine/quota_checks.h"
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
  forwarded.caller_sid = {};  // Without it nothing of a caller is encoded: never what a client says of itself.
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
    refuse(session, header.stream_id, {StatusCode::resource_exhausted, RetryClass::safe, "too many open streams"});
    return;
  }
  if (std::string refusal = call_refusal(state_, *session.caller); !refusal.empty()) {
    rooms_.audit.quota_exceeded(session, *session.caller, refusal);
    refuse(session, header.stream_id,
           {StatusCode::resource_exhausted, RetryClass::after_backoff, std::move(refusal), limits::quota_retry_after});
    return;
  }

  Call& call = create(session, header);
  const Verdict verdict = judge(session, request, asked, call);
  if (verdict.status != StatusCode::ok) {
    rooms_.outcomes.decide(call, verdict.status, verdict.retry, verdict.message, verdict.retry_after);
    return;
  }
  if (const ByteView trace = asked.meta->traceparent; !trace.empty()) {  // Version 00: the trace's id comes first.
    std::ranges::copy(trace.first(call.trace_id.size()), call.trace_id.begin());
  }
  std::array<std::byte, limits::max_meta_bytes> caller_buffer;  // Not filled: what is read was written before.
  const protocol::RequestMeta caller{.caller_sid = session.caller->sid,
                                     .caller_account = session.caller->account,
                                     .caller_integrity = session.integrity,
                                     .caller_session = session.windows_session};
  const ByteView caller_meta =
      ByteView{caller_buffer}.first(protocol::encode_caller(caller, MutableByteView{caller_buffer}));
  const std::size_t memory =
      call.to_worker.chunks.bytes_to_take(to_forward.size() + caller_meta.size(), request.payload.size());
  if (std::string refusal = memory_refusal(state_, *session.caller, memory); !refusal.empty()) {
    rooms_.audit.quota_exceeded(session, *session.caller, refusal);
    rooms_.outcomes.decide(call, StatusCode::resource_exhausted, RetryClass::after_backoff, refusal,
                           limits::quota_retry_after);
    return;
  }
  call.to_worker.chunks.start_keeping();
  call.to_worker.chunks.push(state_.store, {.flags = header.flags, .type = protocol::FrameType::request}, to_forward,
                             caller_meta, request.payload);
  state_.timers.set(call.timer, call.deadline);
  rooms_.dispatcher.place(call);
}

/// Without a call of its own, so that there are never more than may be.
void Admission::refuse(Session& session, std::uint64_t stream, const Verdict& verdict) {
  send_end(state_, session.connection, stream,
           {.status = verdict.status,
            .retry = verdict.retry,
            .origin = Origin::broker,
            .message = verdict.message,
            .retry_after_us = static_cast<std::uint64_t>(verdict.retry_after.count())});
}

Call& Admission::create(Session& session, const protocol::FrameHeader& header) {
  Call& call = state_.calls.create();
  call.session = &session;
  session.calls.push_back(call);
  ++session.caller->calls;
  call.to_worker.chunks.charge(&session.caller->memory);
  call.to_client.chunks.charge(&session.caller->memory);
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
                                    const Asked& asked, Call& call) {
  if (asked.meta == nullptr) {
    return {StatusCode::unimplemented, RetryClass::never, std::string{asked.not_understood}};
  }
  const std::string_view name = asked.meta->route;
  const std::optional<RouteIndex> route = state_.routes.find(name);
  if (!route && !protocol::is_valid_route(name)) {
    rooms_.audit.bad_route(session, name);
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
  const bool allowed = route && *route < session.allowed_routes.size() && session.allowed_routes[*route];
  if (route && !allowed) {
    ++state_.calls_denied;
    rooms_.audit.access_denied(session, *route);
  }
  if (!allowed) {
    return {StatusCode::not_found, RetryClass::never, "no such route: '" + std::string{name} + "'"};
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
