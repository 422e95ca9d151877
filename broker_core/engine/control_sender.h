// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker_core/engine/engine_state.h"

/// Puts control frames into a connection's output and announces it. On a connection that is being closed they are
/// dropped; when more than limits::max_queued_control_bytes wait, the connection is noted as overloaded.
namespace plugbroker::engine {

void send_hello_ack(EngineState& state, Connection& connection, const protocol::HelloAck& ack);
/// For a stream that has no call; a call's END is sent by the output queue.
void send_end(EngineState& state, Connection& connection, std::uint64_t stream, const protocol::EndMeta& end);
void send_cancel(EngineState& state, Connection& connection, std::uint64_t stream);
/// Nothing when `credit` is 0.
void send_window(EngineState& state, Connection& connection, std::uint64_t stream, std::uint32_t credit);
void send_ping(EngineState& state, Connection& connection, std::uint64_t opaque);
void send_pong(EngineState& state, Connection& connection, std::uint64_t opaque);
void send_goaway(EngineState& state, Connection& connection, StatusCode status, std::string_view message);
void send_unimplemented(EngineState& state, Connection& connection, std::uint64_t stream, protocol::FrameType type);

}  // namespace plugbroker::engine
