// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "broker_core/engine/engine_state.h"

namespace plugbroker::engine {

/// How calls end: exactly one outcome each, and a worker's slot is free again once the worker has nothing more to do
/// with the call. The only place that moves a call towards its end.
class Outcomes {
 public:
  explicit Outcomes(EngineState& state) noexcept : state_(state) {}

  /// The broker ends the call: queues its END, drops what waited in both directions, tells a worker that may have the
  /// call to cancel it (which keeps its slot until it answers or the worker is gone). Not when an outcome was decided
  /// before.
  void decide(Call& call, StatusCode status, RetryClass retry, std::string_view message);

  /// The worker's END of a running or abandoned call. May destroy the call.
  void worker_ended(Call& call, const protocol::EndMeta& end);

  /// The worker is gone: ends every call that it may have received. Those that it has not are to be given back before.
  void worker_lost(Worker& worker, std::string_view message);

  /// The worker said in its GOAWAY that it did not accept the call. May destroy the call.
  void refused(Call& call);

  /// Ends every call of the session; nobody is left to be told.
  void session_gone(Session& session);

  /// The END was given out. May destroy the call.
  void delivered(Call& call);

  /// The worker has nothing more to do with the call.
  void release_slot(Call& call);

  /// True while the broker may still decide the call's outcome.
  [[nodiscard]] static bool is_undecided(const Call& call) noexcept;

 private:
  void set_outcome(Call& call, StatusCode status, RetryClass retry, Origin origin, std::string_view message);
  void drop_request(Call& call) noexcept;
  void give_back_growth(Call& call, Worker& worker) noexcept;
  void offer_end(Call& call);
  void forget_session(Call& call);
  void end_after_worker(Call& call);
  void destroy(Call& call) noexcept;

  EngineState& state_;
};

}  // namespace plugbroker::engine
