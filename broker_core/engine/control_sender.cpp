// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/control_sender.h"

#include "broker_core/engine/control_frame.h"
#include "broker_core/protocol/frame_writer.h"

namespace plugbroker::engine {
namespace {

/// `write` fills the frame.
template <typename Write>
void send(EngineState& state, Connection& connection, Write write) {
  if (connection.closing || connection.overloaded || !connection.id) return;
  ControlFrame frame;
  protocol::FrameWriter writer{frame};
  write(writer);
  connection.output.push_control(state.store, frame.view());
  if (connection.output.control_bytes() > limits::max_queued_control_bytes) {
    connection.overloaded = true;
    state.overloaded.push_back(&connection);
  }
  state.announce_output(connection);
}

}  // namespace

void send_hello_ack(EngineState& state, Connection& connection, const protocol::HelloAck& ack) {
  send(state, connection, [&](auto& writer) { writer.hello_ack(ack); });
}

void send_end(EngineState& state, Connection& connection, std::uint64_t stream, const protocol::EndMeta& end) {
  send(state, connection, [&](auto& writer) { writer.end(stream, end); });
}

void send_cancel(EngineState& state, Connection& connection, std::uint64_t stream) {
  send(state, connection, [&](auto& writer) { writer.cancel(stream); });
}

void send_window(EngineState& state, Connection& connection, std::uint64_t stream, std::uint32_t credit) {
  if (credit == 0) return;
  send(state, connection, [&](auto& writer) { writer.window(stream, credit); });
}

void send_ping(EngineState& state, Connection& connection, std::uint64_t opaque) {
  send(state, connection, [&](auto& writer) { writer.ping(opaque); });
}

void send_pong(EngineState& state, Connection& connection, std::uint64_t opaque) {
  send(state, connection, [&](auto& writer) { writer.pong(opaque); });
}

void send_goaway(EngineState& state, Connection& connection, StatusCode status, std::string_view message) {
  const protocol::GoAway goaway{
      .last_stream = connection.session != nullptr ? connection.last_stream : 0, .status = status, .message = message};
  send(state, connection, [&](auto& writer) { writer.goaway(goaway); });
}

void send_unimplemented(EngineState& state, Connection& connection, std::uint64_t stream, protocol::FrameType type) {
  send(state, connection, [&](auto& writer) { writer.unimplemented(stream, type); });
}

}  // namespace plugbroker::engine
