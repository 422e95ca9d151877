// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "broker_core/engine/dispatcher.h"
#include "broker_core/engine/events.h"
#include "broker_core/engine/relay.h"
#include "broker_core/engine/worker_health.h"

namespace plugbroker::engine {

/// The life of worker processes, from StartWorker to the end of both process and channel, and what their frames mean.
///
/// A worker's calls end when its channel has closed, or `limits::worker_death_settle` after its process has exited:
/// what it wrote before it died still counts. A channel that closed while the process lives on is followed, after the
/// same time, by TerminateWorker. Any protocol error ends a worker at once. An end that counts as a failure gives
/// evidence, once: with TerminateWorker, or KeepEvidence when the process ended by itself.
class Workers {
 public:
  struct Rooms {
    Outcomes& outcomes;
    Dispatcher& dispatcher;
    Relay& relay;
    HealthWatch& health;
  };

  Workers(EngineState& state, Rooms rooms) noexcept : state_(state), rooms_(rooms) {}

  void start(Pool& pool, StartPurpose purpose);

  void started(const WorkerStarted& event);
  void start_failed(const WorkerStartFailed& event);
  void exited(const WorkerExited& event);
  void attached(const WorkerAttached& event);
  void received(Worker& worker, ByteView bytes);
  void channel_closed(Worker& worker, std::string_view reason);
  void timer_due(Worker& worker);
  /// Too many control frames wait for a worker that doesn't read.
  void end_overloaded(Worker& worker);

  /// It did not answer a PING in time.
  void ping_missed(Worker& worker);

  /// The call was not ended within cancel_grace: its worker drains, and is terminated when only such calls are left.
  void call_hung(Call& call);

  /// No calls from now on: what it has not taken goes back to the queue.
  void drain(Worker& worker);
  /// Asks a worker to exit, by GOAWAY; it is terminated after stop_timeout. One that isn't ready yet is terminated.
  void stop(Worker& worker);
  /// Moves a draining worker on when its calls allow it.
  void review(Worker& worker);
  /// Ends a worker now, in any state, because an administrator wants it: no failure.
  void kill(Worker& worker);

  /// It has ended a call, or been ready as long as `restart_backoff_max`: its end is no sign of a worker that can't be
  /// started.
  [[nodiscard]] static bool has_proved_itself(const Worker& worker, TimePoint now) noexcept;
  /// Notes that it has: the pool's failures in a row end, and the breaker closes if it is the probe.
  void prove(Worker& worker);

 private:
  static constexpr std::string_view lost_call_message = "the worker that had received the call has ended";

  [[nodiscard]] Worker& add(Pool& pool);
  Offence handle(Worker& worker, const protocol::Frame& frame);
  Offence handle_data(Worker& worker, const protocol::Frame& frame);
  Offence handle_hello(Worker& worker, const protocol::Frame& frame);
  Offence handle_ready(Worker& worker, const protocol::Frame& frame);
  Offence handle_pong(Worker& worker, const protocol::Frame& frame);
  Offence handle_goaway(Worker& worker, const protocol::Frame& frame);
  void protocol_error(Worker& worker, std::string_view message);
  void give_up_start(Worker& worker);
  void fail(Worker& worker, std::string_view event, std::string reason);
  void record_failure(Worker& worker, std::string reason);
  void record_recycle_problem(Worker& replacement);
  void release_probe(const Worker& worker);
  void terminate(Worker& worker);
  void close_channel(Worker& worker);
  void move(Worker& worker, WorkerHappening happening);
  void remove_if_over(Worker& worker);

  EngineState& state_;
  Rooms rooms_;
};

}  // namespace plugbroker::engine
