// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "broker_core/engine/call.h"
#include "broker_core/engine/caller.h"
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
  std::string image;               ///< The path of that process's program; likewise.
  std::uint16_t wire_version = 0;  ///< The one that holds, once HELLO was read.
  std::uint32_t max_streams = 0;
  std::string library;                           ///< Name and version, as the client tells them.
  Caller* caller = nullptr;                      ///< Once it is open; lives as long as the session.
  std::optional<std::uint32_t> integrity;        ///< The caller's mandatory level, for workers.
  std::optional<std::uint32_t> windows_session;  ///< The same: its number.
  std::vector<bool> allowed_routes;              ///< By RouteIndex.
  std::size_t being_written = 0;                 ///< What take_output() gave and the pipe has not taken yet.
  IntrusiveList<Call, &Call::in_session> calls;
  StickyWorkers sticky_workers;
  Timer hello_timer;

  /// `bytes` were given out to be written. Before it has a caller they are few, and not counted.
  void begin_write(std::size_t bytes) noexcept {
    if (caller == nullptr) return;
    caller->memory.begin_write(bytes);
    being_written += bytes;
  }
  void end_write() noexcept {
    if (caller != nullptr) caller->memory.end_write(std::exchange(being_written, 0));
  }

  ListLink<Session> in_table;
  ListLink<Session> in_half_open;
};

}  // namespace plugbroker::engine
