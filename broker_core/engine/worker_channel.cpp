// SPDX-License-Identifier: Apache-2.0
// What the frames of a worker mean; the rest of Workers is in workers.cpp and worker_failures.cpp.

#include <algorithm>
#include <string>

#include "broker_core/engine/connection_control.h"
#include "broker_core/engine/control_sender.h"
#include "broker_core/engine/workers.h"
#include "broker_core/protocol/frame_table.h"
#include "broker_core/protocol/negotiation.h"

namespace plugbroker::engine {

using protocol::Frame;
using protocol::FrameType;

void Workers::received(Worker& worker, ByteView bytes) {
  Connection& channel = worker.channel;
  if (channel.closing) return;
  channel.reader.feed(bytes);
  while (const std::optional<Frame> frame = channel.reader.next()) {
    if (const Offence offence = handle(worker, *frame)) protocol_error(worker, offence.what());
    if (channel.closing) return;
  }
  if (const auto error = channel.reader.error()) protocol_error(worker, protocol::to_string(*error));
}

Offence Workers::handle(Worker& worker, const Frame& frame) {
  const FrameType type = frame.header.type;
  if (!protocol::may_travel(frame.header, protocol::Direction::worker_to_broker)) {
    return std::string{to_string(type)} + " may not be sent by a worker";
  }
  if (worker.channel_state == ChannelState::open) {  // Nearly always.
    if (type == FrameType::end) return rooms_.relay.reply_end(worker, frame);
    if (type == FrameType::data) return handle_data(worker, frame);
  }
  if (worker.channel_state == ChannelState::awaiting_hello) return handle_hello(worker, frame);
  if (type == FrameType::pong) return handle_pong(worker, frame);
  if (is_connection_control(type)) return handle_connection_control(state_, worker.channel, frame);
  if (type == FrameType::goaway) return handle_goaway(worker, frame);
  const bool is_ready_frame = type == FrameType::ready;
  const bool awaits_ready = worker.channel_state == ChannelState::awaiting_ready;
  if (is_ready_frame != awaits_ready || type == FrameType::hello) {
    return std::string{to_string(type)} + " at the wrong time";
  }
  PLUGBROKER_ASSERT(is_ready_frame);  // Nothing else may travel.
  return handle_ready(worker, frame);
}

Offence Workers::handle_data(Worker& worker, const Frame& frame) {
  if (Offence offence = rooms_.relay.take_connection_credit(worker.channel, frame.header)) return offence;
  if (!frame.meta.empty()) {
    if (const Status status = protocol::check_metadata(FrameType::data, frame.meta); !status.ok()) return status;
  }
  return rooms_.relay.reply_data(worker, frame);
}

Offence Workers::handle_hello(Worker& worker, const Frame& frame) {
  if (frame.header.type != FrameType::hello) return "the first frame is not a HELLO";
  const Result<protocol::Hello> hello = protocol::decode_hello(frame.meta);
  if (!hello) return hello.status();
  if (hello->role != protocol::Role::worker)
    return "HELLO names another role than worker";
  if (hello->peer.limits.max_streams == 0) return "HELLO allows no streams";
  const protocol::HelloAck answer = protocol::answer_hello(*hello, state_.description, state_.config.instance_id);
  send_hello_ack(state_, worker.channel, answer);
  if (!answer.result.ok()) return answer.result;
  worker.channel.peer = hello->peer.limits;
  worker.channel.output.open(hello->peer.limits);
  worker.max_payload = std::min(state_.config.max_payload_bytes, hello->peer.limits.max_payload);
  worker.channel_state = ChannelState::awaiting_ready;
  return {};
}

Offence Workers::handle_ready(Worker& worker, const Frame& frame) {
  const Result<protocol::Ready> ready = protocol::decode_ready(frame.meta);
  if (!ready) return ready.status();
  worker.channel_state = ChannelState::open;
  worker.concurrency = std::min({worker.pool->config.concurrency, ready->concurrency, worker.channel.peer.max_streams});
  if (worker.state != WorkerState::starting) return {};  // It is being ended.
  for (const std::string& route : worker.pool->config.routes) {
    if (std::ranges::find(ready->routes, route) != ready->routes.end()) continue;
    worker.lacks_routes.push_back(route);
    state_.log(LogLevel::warning, "worker_lacks_route", "worker does not offer the pool's route '" + route + "'",
               subject_of(worker));
  }
  state_.timers.cancel(worker.timer);
  worker.ready_at = state_.now;
  worker.idle_since = state_.now;
  move(worker, WorkerHappening::ready_received);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(worker.ready_at - worker.started);
  state_.log(LogLevel::information, "worker_ready", "after " + std::to_string(took.count()) + " ms",
             subject_of(worker));
  rooms_.health.begin(worker);
  return {};
}

Offence Workers::handle_pong(Worker& worker, const Frame& frame) {
  const Result<std::uint64_t> opaque = protocol::decode_opaque(frame.meta);
  if (!opaque) return opaque.status();
  rooms_.health.take_pong(worker, *opaque);
  return {};
}

Offence Workers::handle_goaway(Worker& worker, const Frame& frame) {
  const Result<protocol::GoAway> goaway = protocol::decode_goaway(frame.meta);
  if (!goaway) return goaway.status();
  std::string text{to_string(goaway->status)};
  text.append(": ").append(goaway->message);
  state_.log(LogLevel::information, "worker_goes_away", text, subject_of(worker));
  if (Offence offence = rooms_.dispatcher.take_back_refused(worker, goaway->last_stream)) return offence;
  if (goaway->complains()) {
    record_failure(worker, "worker says that the broker broke the protocol: " + std::string{goaway->message});
  } else if (worker.calls.empty() && !has_proved_itself(worker, state_.now)) {
    // One that has done nothing is a failure however politely it leaves; else it would be replaced without a pause.
    record_failure(worker, "worker went away before it had taken a call: " + text);
  }
  if (goaway->status == StatusCode::ok) {
    worker.leaves = worker.leaves || !worker.end_expected;
    worker.end_expected = true;
  }
  drain(worker);
  return {};
}

}  // namespace plugbroker::engine
