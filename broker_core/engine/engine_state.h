// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "broker_core/engine/call_table.h"
#include "broker_core/engine/command_queue.h"
#include "broker_core/engine/engine_config.h"
#include "broker_core/engine/jitter.h"
#include "broker_core/engine/pool.h"
#include "broker_core/engine/route_table.h"
#include "broker_core/engine/session_table.h"
#include "broker_core/engine/snapshot.h"
#include "broker_core/engine/timer_queue.h"
#include "broker_core/engine/worker_table.h"

namespace plugbroker::engine {

/// What a log line is about; empty and zero are left out.
struct LogSubject {
  std::string_view pool{};
  std::string_view route{};
  WorkerId worker{};
  ConnectionId session{};
  CallId call{};
  std::uint32_t process = 0;
  std::string_view image{};
  std::string_view sid{};
};

/// The whole state of the engine, with nothing but the bookkeeping that every room of it needs. The rules are
/// elsewhere: admission, dispatcher, relay and outcomes for calls; sessions; workers; pool_keeper; stop_sequence.
struct EngineState {
  EngineState(EngineConfig engine_config, TimePoint created);
  EngineState(const EngineState&) = delete;
  EngineState& operator=(const EngineState&) = delete;

  const EngineConfig config;
  const protocol::PeerDescription description;  ///< What HELLO_ACK tells of the broker.
  const TimePoint started;
  RouteTable routes;

  TimePoint now;
  BrokerState phase = BrokerState::starting;
  CommandQueue commands;
  TimerQueue timers;
  Jitter jitter;
  PayloadStore store;
  CallTable calls;
  SessionTable sessions{config.quotas};
  WorkerTable workers;
  PointerMap<Connection> connections;
  Connection* recent_connection = nullptr;  ///< The last one that was looked for.
  std::deque<Pool> pools;                   // A deque: pools never move.

  // Noted while an event is handled, worked off at its end.
  std::vector<Pool*> pools_to_review;
  std::vector<Connection*> overloaded;     ///< More control frames wait than allowed.
  std::vector<Session*> drained_sessions;  ///< Draining, and the last call has ended.

  std::uint64_t calls_accepted = 0;
  std::uint32_t calls_in_progress = 0;
  std::array<std::uint64_t, highest_status_code + 1> calls_by_status{};
  std::uint64_t protocol_errors = 0;
  std::uint64_t calls_denied = 0;    ///< Of routes that exist, by their access.
  std::uint64_t quota_refusals = 0;  ///< Sessions and calls that a user's quota had no room for.

  [[nodiscard]] bool has_notes() const noexcept {
    return !pools_to_review.empty() || !overloaded.empty() || !drained_sessions.empty();
  }

  [[nodiscard]] bool stopping() const noexcept {
    return phase == BrokerState::stopping || phase == BrokerState::stopped;
  }

  /// Its index is the next one. Nothing is started before it is reviewed.
  Pool& add_pool(const PoolConfig& pool);
  /// Null when there never was one of that name.
  [[nodiscard]] Pool* find_pool(std::string_view name) noexcept;

  /// The pool's queue, workers or failures changed.
  void review(Pool& pool);
  /// The same, and what each of its workers is due for has to be found out again.
  void look_at(Pool& pool) {
    pool.look_asked = true;
    review(pool);
  }

  void add_connection(Connection& connection);
  /// Also forgets notes about it.
  void remove_connection(Connection& connection);
  /// Null when it is not (or no longer) known.
  [[nodiscard]] Connection* find_connection(ConnectionId id) noexcept {
    // Output is taken in several steps, and asked for each time.
    if (recent_connection == nullptr || recent_connection->id != id)
      recent_connection = connections.find({id.value, 0});
    return recent_connection;
  }

  /// Gives OutputReady when the connection has output and nobody was told yet. CloseConnection takes what is left by
  /// itself.
  void announce_output(Connection& connection) {
    if (connection.output_announced || connection.closing || !connection.output.has_output()) return;
    connection.output_announced = true;
    commands.push(OutputReady{connection.id});
  }
  /// Gives CloseConnection, once.
  void close(Connection& connection);

  void log(LogLevel level, std::string_view event, std::string message, const LogSubject& subject = {});
};

[[nodiscard]] LogSubject subject_of(const Session& session) noexcept;
[[nodiscard]] LogSubject subject_of(const Worker& worker) noexcept;
[[nodiscard]] LogSubject subject_of(const Call& call) noexcept;
[[nodiscard]] LogSubject subject_of(const Connection& connection) noexcept;

}  // namespace plugbroker::engine
