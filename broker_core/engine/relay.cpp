// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/relay.h"

#include <algorithm>
#include <string>

#include "broker_core/engine/call_time_limits.h"
#include "broker_core/engine/quota_checks.h"
#include "broker_core/engine/size_limit_text.h"
#include "broker_core/protocol/negotiation.h"
#include "broker_core/protocol/plain_end.h"

namespace plugbroker::engine {
Offence Relay::request_data(Session& session, const protocol::Frame& data) {
  const protocol::FrameHeader& header = data.header;
  if (header.stream_id > session.connection.last_stream) return never_opened();
  Call* call = state_.calls.find(session.connection.id, header.stream_id);
  const bool wanted = call != nullptr && Outcomes::is_undecided(*call) && call->state != CallState::answered;
  if (!wanted) return {};
  if (call->request_complete) return "DATA after END_STREAM";
  if (!call->from_client.receive(protocol::frame_charge(header.payload_len))) {
    return "more was sent than the stream's credit";
  }
  if (!call->request.take(header)) return "NO_MESSAGE inside a message";
  call->request_complete = (header.flags & protocol::flag_end_stream) != 0;
  const std::uint64_t own_limit = state_.config.max_payload_bytes;
  const std::uint64_t limit = call->worker != nullptr ? call->worker->max_payload : own_limit;
  if (call->request.largest > limit) {
    outcomes_.decide(*call, StatusCode::resource_exhausted, RetryClass::never,
                     size_limit_text("the request", limit == own_limit ? brokers_limit : "the worker takes", limit));
    return {};
  }
  if (!has_room(*call, call->to_worker.chunks, data.payload.size())) return {};
  call->to_worker.chunks.push(state_.store, {.flags = header.flags, .type = protocol::FrameType::data}, {},
                              data.payload);
  if (call->worker != nullptr) {
    call->worker->channel.output.offer(call->to_worker);
    state_.announce_output(call->worker->channel);
  }
  return {};
}

Offence Relay::cancel(Session& session, const protocol::Frame& frame) {
  if (frame.header.stream_id > session.connection.last_stream) return never_opened();
  Call* call = state_.calls.find(session.connection.id, frame.header.stream_id);
  if (call != nullptr && Outcomes::is_undecided(*call)) {
    audit_.cancelled(session);
    outcomes_.decide(*call, StatusCode::cancelled, RetryClass::never, "cancelled by the caller");
  }
  return {};
}

Offence Relay::reply_data(Worker& worker, const protocol::Frame& data) {
  const protocol::FrameHeader& header = data.header;
  if (header.stream_id > worker.channel.last_stream) return never_opened();
  Call* call = state_.calls.find(worker.channel.id, header.stream_id);
  if (header.stream_id > worker.refused_above) return {};
  if (call == nullptr) return "DATA after END";
  if (!call->from_worker.receive(protocol::frame_charge(header.payload_len))) {
    return "more was sent than the stream's credit";
  }
  // Also of a call that nobody waits for any more: its END is judged by it.
  (void)call->reply.take(header);  // A responder has no NO_MESSAGE.
  accept(*call);
  if (call->state != CallState::running) return {};
  Connection& client = call->session->connection;
  const std::uint64_t own_limit = state_.config.max_payload_bytes;
  const std::uint64_t limit = std::min(own_limit, client.peer.max_payload);
  if (call->reply.bytes > limit) {
    outcomes_.decide(*call, StatusCode::resource_exhausted, RetryClass::never,
                     size_limit_text("the reply", limit == own_limit ? brokers_limit : "the client takes", limit));
    return {};
  }
  if (!has_room(*call, call->to_client.chunks, data.payload.size())) return {};
  call->to_client.chunks.push(state_.store, {.flags = header.flags, .type = protocol::FrameType::data}, {},
                              data.payload);
  client.output.offer(call->to_client);
  state_.announce_output(client);
  return {};
}

Offence Relay::reply_end(Worker& worker, const protocol::Frame& end) {
  if (end.header.stream_id > worker.channel.last_stream) return never_opened();
  protocol::EndMeta meta;
  if (!protocol::decode_plain(end.meta, meta)) {
    const Result<protocol::EndMeta> decoded = protocol::decode_end(end.meta);
    if (!decoded) return decoded.status();
    meta = *decoded;
  }
  if (end.header.stream_id > worker.refused_above) return {};
  Call* call = state_.calls.find(worker.channel.id, end.header.stream_id);
  if (call == nullptr) return "END after END";
  if (meta.status == StatusCode::ok && call->reply.in_message) return "END(ok) inside a message";
  outcomes_.worker_ended(*call, meta);
  return {};
}

/// Ends the call when what its user's sessions hold leaves no room for this payload.
bool Relay::has_room(Call& call, const ChunkQueue& queue, std::size_t payload_bytes) {
  Session& session = *call.session;
  const std::string refusal = memory_refusal(state_, *session.caller, queue.bytes_to_take(0, payload_bytes));
  if (refusal.empty()) return true;
  audit_.quota_exceeded(session, *session.caller, refusal);
  outcomes_.decide(call, StatusCode::resource_exhausted, RetryClass::after_backoff, refusal, limits::quota_retry_after);
  return false;
}

/// The worker has answered, so it has taken the call: its request is not needed again.
void Relay::accept(Call& call) {
  call.reply_begun = true;
  if (call.to_worker.chunks.is_keeping()) call.to_worker.chunks.stop_keeping(state_.store);
}

std::uint64_t Relay::open_stream(OutgoingStream& stream) {
  Call& call = *stream.call;
  Worker& worker = *call.worker;
  call_machine.apply(call.state, CallHappening::first_byte_out);
  call.given_at = state_.now;
  call.worker_received = true;
  if (call.pool->config.execution_limit != Duration{}) state_.timers.set(call.timer, next_time_limit(call));
  stream.id = ++worker.channel.last_stream;
  state_.calls.add_stream(worker.channel.id, stream.id, call);
  return static_cast<std::uint64_t>(protocol::forwarded_deadline(call.deadline - state_.now).count());
}

void Relay::bytes_left(OutgoingStream& stream, std::uint32_t charge) {
  Call& call = *stream.call;
  if (&stream == &call.to_worker) {
    if (call.request_complete) return;
    const std::uint32_t credit = call.from_client.release(charge, call.session->connection.window_growth);
    if (credit == 0) return;
    // Kept is only what the client's window still counts, so that memory stays within the window.
    if (stream.chunks.is_keeping()) stream.chunks.stop_keeping(state_.store);
    send_window(state_, call.session->connection, call.to_client.id, credit);
  } else {
    if (call.state != CallState::running) return;
    Connection& channel = call.worker->channel;
    send_window(state_, channel, call.to_worker.id, call.from_worker.release(charge, channel.window_growth));
  }
}

}  // namespace plugbroker::engine
