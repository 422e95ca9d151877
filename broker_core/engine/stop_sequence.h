// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker_core/engine/sessions.h"
#include "broker_core/engine/workers.h"

namespace plugbroker::engine {

/// The way down: nothing new, what runs may finish until the grace is over, the rest is ended; then Stopped, once.
class StopSequence {
 public:
  struct Rooms {
    Outcomes& outcomes;
    Dispatcher& dispatcher;
    Sessions& sessions;
    Workers& workers;
  };

  StopSequence(EngineState& state, Rooms rooms) noexcept : state_(state), rooms_(rooms), grace_timer_({}) {}

  /// Only the first time counts.
  void begin(Duration grace);
  void grace_over();
  /// After each event while stopping: goes on when the last call, session or worker has ended.
  void review();

 private:
  void end_waiting_calls(Pool& pool);

  EngineState& state_;
  Rooms rooms_;
  Timer grace_timer_;
};

}  // namespace plugbroker::engine
