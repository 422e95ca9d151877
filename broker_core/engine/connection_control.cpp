// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/connection_control.h"

#include "broker_core/engine/control_sender.h"

namespace plugbroker::engine {
namespace {

using protocol::FrameType;

Offence too_much_credit() {
  return "WINDOW gives more credit than allowed";
}

Offence handle_window(EngineState& state, Connection& connection, const protocol::Frame& frame) {
  const Result<std::uint32_t> credit = protocol::decode_credit(frame.meta);
  if (!credit) return credit.status();
  const std::uint64_t stream_id = frame.header.stream_id;
  if (stream_id == 0) {
    if (!connection.output.add_connection_credit(*credit)) return too_much_credit();
  } else {
    if (stream_id > connection.last_stream) return never_opened();
    Call* call = state.calls.find(connection.id, stream_id);
    if (call == nullptr) return {};
    OutgoingStream& stream = connection.session != nullptr ? call->to_client : call->to_worker;
    if (!stream.window.add(*credit)) return too_much_credit();
    connection.output.offer(stream);
  }
  state.announce_output(connection);
  return {};
}

Offence handle_ping(EngineState& state, Connection& connection, const protocol::Frame& frame) {
  const Result<std::uint64_t> opaque = protocol::decode_opaque(frame.meta);
  if (!opaque) return opaque.status();
  if (frame.header.type == FrameType::ping) send_pong(state, connection, *opaque);
  return {};
}

Offence handle_unknown(EngineState& state, Connection& connection, const protocol::Frame& frame) {
  if (frame.header.stream_id > connection.last_stream) return never_opened();
  send_unimplemented(state, connection, frame.header.stream_id, frame.header.type);
  return {};
}

}  // namespace

Offence handle_connection_control(EngineState& state, Connection& connection, const protocol::Frame& frame) {
  switch (frame.header.type) {
    case FrameType::window:
      return handle_window(state, connection, frame);
    case FrameType::ping:
    case FrameType::pong:
      return handle_ping(state, connection, frame);
    case FrameType::unimplemented: {
      const Result<std::uint8_t> type = protocol::decode_frame_type(frame.meta);
      return type ? Offence{} : Offence{type.status()};
    }
    default:
      return handle_unknown(state, connection, frame);
  }
}

}  // namespace plugbroker::engine
