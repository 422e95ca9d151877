// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker_core/engine/dispatcher.h"
#include "broker_core/engine/workers.h"

namespace plugbroker::engine {

/// Keeps a pool as it should be: waiting calls handed out, the minimum of workers alive, more of them while calls wait.
///
/// The minimum is started at once, more workers one after another up to the maximum, and after a failure only one at a
/// time, when the restart policy allows. A worker that drains is replaced before its process has ended: of those that
/// drain, `limits::max_surge` don't count as alive, so there are at most that many processes beyond the maximum.
class PoolKeeper {
 public:
  PoolKeeper(EngineState& state, Dispatcher& dispatcher, Workers& workers) noexcept
      : state_(state), dispatcher_(dispatcher), workers_(workers) {}

  void review(Pool& pool);

 private:
  [[nodiscard]] static std::size_t replaceable(const Pool& pool) noexcept;
  [[nodiscard]] static bool wants_start(const Pool& pool) noexcept;
  void start_what_is_wanted(Pool& pool);
  void review_draining(Pool& pool);
  void stop_idle(Pool& pool);

  EngineState& state_;
  Dispatcher& dispatcher_;
  Workers& workers_;
};

}  // namespace plugbroker::engine
