// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "broker_core/engine/engine_config.h"
#include "broker_core/engine/snapshot.h"

namespace plugbroker::sim {

/// What must hold of each pool's breaker, as its state and its workers show it:
///
///   - it does not stay closed with as many failures in its window as open it;
///   - while it is open nothing is started, and while it is half open one probe at a time: what a call reaches has
///     served before, or is the probe;
///   - while it is open, and nobody serves or starts, no call waits;
///   - it does not stay open when there is room for a probe and its longest wait has passed, nor half open when its
///     probe has served for `restart_backoff_max`.
class BreakerWatch {
 public:
  BreakerWatch(const engine::EngineConfig& config, std::vector<std::string>& violations)
      : config_(config), violations_(violations), pools_(config.pools.size()) {}

  /// After every event. `timers`: it was TimerExpired, which can be many things at once.
  void check(const engine::Snapshot& snapshot, TimePoint now, bool timers);
  /// When every timer that is due has been handled.
  void check_times(const engine::Snapshot& snapshot, TimePoint now);

 private:
  struct Watched {
    engine::BreakerState state = engine::BreakerState::closed;
    TimePoint since{};                     ///< Of that state.
    std::set<WorkerId> known;              ///< Workers, those that have ended too.
    std::map<WorkerId, TimePoint> probes;  ///< Since when they serve; far_future: not yet.
    bool begins_anew = true;               ///< It has closed meanwhile.
  };

  void check_starts(Watched& watched, const engine::PoolSnapshot& pool, TimePoint now);
  void violation(std::string text) { violations_.push_back(std::move(text)); }

  const engine::EngineConfig& config_;
  std::vector<std::string>& violations_;
  std::vector<Watched> pools_;
};

}  // namespace plugbroker::sim
