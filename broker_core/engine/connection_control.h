// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker_core/engine/engine_state.h"
#include "broker_core/engine/offence.h"
#include "broker_core/protocol/frame_reader.h"

namespace plugbroker::engine {

/// True for frames that mean the same on every open connection: WINDOW, PING, PONG, UNIMPLEMENTED and unknown types.
[[nodiscard]] constexpr bool is_connection_control(protocol::FrameType type) noexcept {
  constexpr auto bit = [](protocol::FrameType other) { return 1u << static_cast<unsigned>(other); };
  using enum protocol::FrameType;
  constexpr unsigned others =
      bit(hello) | bit(hello_ack) | bit(ready) | bit(request) | bit(data) | bit(end) | bit(cancel) | bit(goaway);
  const auto number = static_cast<unsigned>(type);
  return number > 31 || (others >> number & 1) == 0;
}

/// Does what such a frame asks.
Offence handle_connection_control(EngineState& state, Connection& connection, const protocol::Frame& frame);

}  // namespace plugbroker::engine
