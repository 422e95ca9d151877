// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "broker_core/engine/engine_state.h"

namespace plugbroker::engine {

/// How calls leave a worker, to their end or back to their pool's queue: exactly one outcome each, and a worker's slot
/// is free again once the worker has nothing more to do with the call. The only place that moves a call towards its
/// end.
///
/// Of a call that a worker may have received, what the broker decides is never told to be safe to repeat.
class Outcomes {
 public:
  explicit Outcomes(EngineState& state) noexcept : state_(state) {}

  /// The broker ends the call: queues its END, drops what waited in both directions, tells a worker that may have the
  /// call to cancel it (which keeps its slot until it answers or the worker is gone). Not when an outcome was decided
  /// before. `retry` holds where no worker may have received it; `retry_after` is a hint, zero for none.
  void decide(Call& call, StatusCode status, RetryClass retry, std::string_view message, Duration retry_after = {});

  /// The worker's END of a running or abandoned call. May destroy the call.
  void worker_ended(Call& call, const protocol::EndMeta& end);

  /// The worker is gone: ends every call that it may have received. Those that it has not are to be given back before.
  ///
  /// A call of an idempotent route goes back to the queue instead, once, if its whole request so far is still here and
  /// nothing of a reply came. To the client it stays a call that a worker may have received.
  void worker_lost(Worker& worker, std::string_view message);

  /// The worker does not have the call, or not any more: it waits again, as its caller's first. Its request is whole as
  /// far as it was given out (is_keeping()).
  void put_back(Call& call, CallHappening why);

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
  void repeat_what_may_be(Worker& worker);
  [[nodiscard]] bool may_be_repeated(const Call& call) const;
  void set_outcome(Call& call, StatusCode status, RetryClass retry, Origin origin, std::string_view message);
  void log_failure(const Call& call);
  void drop_request(Call& call) noexcept;
  void give_back_growth(Call& call, Worker& worker) noexcept;
  void offer_end(Call& call);
  void forget_session(Call& call);
  void end_after_worker(Call& call);
  void destroy(Call& call) noexcept;

  EngineState& state_;
};

}  // namespace plugbroker::engine
