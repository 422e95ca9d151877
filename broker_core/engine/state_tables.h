// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "broker_core/engine/snapshot.h"
#include "broker_core/engine/state_machine.h"

/// The four machines that run the engine, as tables. docs/ARCHITECTURE.md's diagrams are printed from them.
namespace plugbroker::engine {

/// A plugin's connection.
enum class SessionState : std::uint8_t {
  awaiting_hello,
  identifying,  ///< HELLO was read; who the caller is has been asked.
  open,
  draining,  ///< GOAWAY was sent: calls finish, new ones are refused.
  closing,   ///< CloseConnection was given: takes no more bytes.
};
enum class SessionHappening : std::uint8_t { hello_read, identified, goaway_sent, close_asked };
inline constexpr std::size_t session_states = 5;
inline constexpr std::size_t session_happenings = 4;

/// A worker process; its states are in snapshot.h.
enum class WorkerHappening : std::uint8_t {
  ready_received,
  call_given,
  call_ended,
  last_call_ended,
  drain_begun,  ///< It gets no more calls: told to stop, hung, broken, or failed to start.
  process_gone,
};
inline constexpr std::size_t worker_states = 5;
inline constexpr std::size_t worker_happenings = 6;

/// A call, from REQUEST until both sides are done with it.
enum class CallState : std::uint8_t {
  accepted,   ///< REQUEST was read, nothing decided yet.
  waiting,    ///< In its pool's queue.
  assigned,   ///< Holds a worker's slot; no byte has been given out.
  running,    ///< Its first byte was given out: the worker may have it.
  answered,   ///< The worker's END came; the reply is on its way to the client.
  abandoned,  ///< The broker decided the outcome; the slot is held until the worker's END.
  ended,      ///< The broker decided the outcome, or the worker is gone; the END is on its way to the client.
  gone,
};
enum class CallHappening : std::uint8_t {
  queued,
  worker_chosen,
  given_back,  ///< The worker takes no more calls, and this one it has not taken.
  first_byte_out,
  refused,       ///< The worker has not taken it, and its request is not here any more.
  worker_ended,  ///< END from the worker.
  worker_lost,
  repeated,         ///< The worker that may have it is lost; its route is idempotent, and its request still here.
  outcome_decided,  ///< By the broker: cancelled, deadline, a limit, a stop …
  delivered,        ///< The END was given out, or the session is gone.
};
inline constexpr std::size_t call_states = 8;
inline constexpr std::size_t call_happenings = 10;

/// The breaker of a pool; its states are in snapshot.h.
enum class BreakerHappening : std::uint8_t {
  limit_reached,  ///< As many failures within the window as it takes.
  probe_begun,
  probe_proved,  ///< It has ended a call, or lasted.
  probe_failed,
  probe_gone,  ///< It was ended on purpose, and says nothing.
  closed_by_hand,
};
inline constexpr std::size_t breaker_states = 3;
inline constexpr std::size_t breaker_happenings = 6;

using SessionMachine = StateMachine<SessionState, SessionHappening, session_states, session_happenings>;
using WorkerMachine = StateMachine<WorkerState, WorkerHappening, worker_states, worker_happenings>;
using CallMachine = StateMachine<CallState, CallHappening, call_states, call_happenings>;
using BreakerMachine = StateMachine<BreakerState, BreakerHappening, breaker_states, breaker_happenings>;

inline constexpr auto session_table = std::to_array<SessionMachine::Row>({
    {SessionState::awaiting_hello, SessionHappening::hello_read, SessionState::identifying},
    {SessionState::awaiting_hello, SessionHappening::close_asked, SessionState::closing},
    {SessionState::identifying, SessionHappening::identified, SessionState::open},
    {SessionState::identifying, SessionHappening::close_asked, SessionState::closing},
    {SessionState::open, SessionHappening::goaway_sent, SessionState::draining},
    {SessionState::open, SessionHappening::close_asked, SessionState::closing},
    {SessionState::draining, SessionHappening::close_asked, SessionState::closing},
});

inline constexpr auto worker_table = std::to_array<WorkerMachine::Row>({
    {WorkerState::starting, WorkerHappening::ready_received, WorkerState::ready},
    {WorkerState::starting, WorkerHappening::drain_begun, WorkerState::draining},
    {WorkerState::starting, WorkerHappening::process_gone, WorkerState::gone},
    {WorkerState::ready, WorkerHappening::call_given, WorkerState::busy},
    {WorkerState::ready, WorkerHappening::drain_begun, WorkerState::draining},
    {WorkerState::ready, WorkerHappening::process_gone, WorkerState::gone},
    {WorkerState::busy, WorkerHappening::call_given, WorkerState::busy},
    {WorkerState::busy, WorkerHappening::call_ended, WorkerState::busy},
    {WorkerState::busy, WorkerHappening::last_call_ended, WorkerState::ready},
    {WorkerState::busy, WorkerHappening::drain_begun, WorkerState::draining},
    {WorkerState::busy, WorkerHappening::process_gone, WorkerState::gone},
    {WorkerState::draining, WorkerHappening::call_ended, WorkerState::draining},
    {WorkerState::draining, WorkerHappening::last_call_ended, WorkerState::draining},
    {WorkerState::draining, WorkerHappening::process_gone, WorkerState::gone},
    {WorkerState::gone, WorkerHappening::call_ended, WorkerState::gone},
    {WorkerState::gone, WorkerHappening::last_call_ended, WorkerState::gone},
});

inline constexpr auto call_table = std::to_array<CallMachine::Row>({
    {CallState::accepted, CallHappening::queued, CallState::waiting},
    {CallState::accepted, CallHappening::worker_chosen, CallState::assigned},
    {CallState::accepted, CallHappening::outcome_decided, CallState::ended},
    {CallState::waiting, CallHappening::worker_chosen, CallState::assigned},
    {CallState::waiting, CallHappening::outcome_decided, CallState::ended},
    {CallState::assigned, CallHappening::first_byte_out, CallState::running},
    {CallState::assigned, CallHappening::given_back, CallState::waiting},
    {CallState::assigned, CallHappening::outcome_decided, CallState::ended},
    {CallState::running, CallHappening::given_back, CallState::waiting},
    {CallState::running, CallHappening::refused, CallState::ended},
    {CallState::running, CallHappening::worker_ended, CallState::answered},
    {CallState::running, CallHappening::worker_lost, CallState::ended},
    {CallState::running, CallHappening::repeated, CallState::waiting},
    {CallState::running, CallHappening::outcome_decided, CallState::abandoned},
    {CallState::answered, CallHappening::outcome_decided, CallState::ended},
    {CallState::answered, CallHappening::delivered, CallState::gone},
    {CallState::abandoned, CallHappening::delivered, CallState::abandoned},
    {CallState::abandoned, CallHappening::refused, CallState::ended},
    {CallState::abandoned, CallHappening::worker_ended, CallState::ended},
    {CallState::abandoned, CallHappening::worker_lost, CallState::ended},
    {CallState::ended, CallHappening::delivered, CallState::gone},
});

inline constexpr auto breaker_table = std::to_array<BreakerMachine::Row>({
    {BreakerState::closed, BreakerHappening::limit_reached, BreakerState::open},
    {BreakerState::open, BreakerHappening::probe_begun, BreakerState::half_open},
    {BreakerState::open, BreakerHappening::closed_by_hand, BreakerState::closed},
    {BreakerState::half_open, BreakerHappening::probe_proved, BreakerState::closed},
    {BreakerState::half_open, BreakerHappening::probe_failed, BreakerState::open},
    {BreakerState::half_open, BreakerHappening::probe_gone, BreakerState::open},
    {BreakerState::half_open, BreakerHappening::closed_by_hand, BreakerState::closed},
});

inline constexpr SessionMachine session_machine{session_table};
inline constexpr WorkerMachine worker_machine{worker_table};
inline constexpr CallMachine call_machine{call_table};
inline constexpr BreakerMachine breaker_machine{breaker_table};

[[nodiscard]] std::string_view to_string(SessionState state) noexcept;
[[nodiscard]] std::string_view to_string(SessionHappening happening) noexcept;
[[nodiscard]] std::string_view to_string(WorkerHappening happening) noexcept;
[[nodiscard]] std::string_view to_string(CallState state) noexcept;
[[nodiscard]] std::string_view to_string(CallHappening happening) noexcept;
[[nodiscard]] std::string_view to_string(BreakerHappening happening) noexcept;

}  // namespace plugbroker::engine
