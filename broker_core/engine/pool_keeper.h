// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker_core/engine/dispatcher.h"
#include "broker_core/engine/recycling.h"
#include "broker_core/engine/workers.h"

namespace plugbroker::engine {

/// Keeps a pool as it should be: waiting calls handed out, as many workers as pool_sizing.h says, those that are due
/// recycled, and those that nobody needed for `idle_timeout` stopped.
///
/// Starts wait while the restart policy says so; replacements also for a back-off of their own. A worker is looked at
/// only when something changed for it or its time has come, never for each call.
class PoolKeeper {
 public:
  struct Rooms {
    Dispatcher& dispatcher;
    Workers& workers;
    Recycling& recycling;
  };

  PoolKeeper(EngineState& state, Rooms rooms) noexcept : state_(state), rooms_(rooms) {}

  void review(Pool& pool);

 private:
  void start_what_is_wanted(Pool& pool);
  void wait_for_start(Pool& pool, TimePoint next_start);
  void look_at_workers(Pool& pool);
  [[nodiscard]] TimePoint look_at_proof(Worker& worker);
  [[nodiscard]] TimePoint look_at_idleness(Worker& worker);
  void review_draining(Pool& pool);
  void stop_idle(Pool& pool);

  EngineState& state_;
  Rooms rooms_;
};

}  // namespace plugbroker::engine
