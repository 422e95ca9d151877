// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker_core/engine/call.h"
#include "broker_core/engine/connection.h"
#include "broker_core/engine/state_tables.h"
#include "broker_core/engine/sticky_workers.h"

namespace plugbroker::engine {

/// A plugin's connection. Idle, it owns no buffers.
struct Session {
  Session() : hello_timer(this) { connection.session = this; }

  Connection connection;
  SessionState state = SessionState::awaiting_hello;
  std::uint32_t process_id = 0;    ///< For logs only.
  std::uint16_t wire_version = 0;  ///< The one that holds, once HELLO was read.
  std::uint32_t max_streams = 0;
  std::string library;  ///< Name and version, as the client tells them.
  std::string sid;
  std::vector<std::byte> caller_meta;  ///< What a REQUEST's metadata get for a worker: the SID.
  CallerId caller;  ///< The number of its SID, while it is open.
  std::string account;
  std::vector<bool> allowed_routes;  ///< By RouteIndex.
  IntrusiveList<Call, &Call::in_session> calls;
  StickyWorkers sticky_workers;
  Timer hello_timer;

  ListLink<Session> in_table;
  ListLink<Session> in_half_open;
};

}  // namespace plugbroker::engine
