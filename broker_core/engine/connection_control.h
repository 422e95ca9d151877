// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker_core/engine/engine_state.h"
#include "broker_core/protocol/frame_reader.h"

namespace plugbroker::engine {

/// True for frames that mean the same on every open connection: WINDOW, PING, PONG, UNIMPLEMENTED and unknown types.
[[nodiscard]] bool is_connection_control(protocol::FrameType type) noexcept;

/// Does what such a frame asks. Not ok: a protocol error of the sender.
Status handle_connection_control(EngineState& state, Connection& connection, const protocol::Frame& frame);

}  // namespace plugbroker::engine
