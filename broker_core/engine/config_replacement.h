// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker_core/engine/dispatcher.h"
#include "broker_core/engine/recycling.h"

namespace plugbroker::engine {

/// Puts other pools in the place of those that run, without losing a call.
///
/// A pool is what its name says. One that did not change is left alone. One that did takes its settings at once, forgets
/// its failures, and has its workers replaced (Recycling). One that is not named any more finishes the calls that it
/// has, then stops its workers. Waiting calls go with their route to the pool that has it now; where none has it, they
/// end (not_found). Sessions are asked anew which routes they may call.
class ConfigReplacement {
 public:
  ConfigReplacement(EngineState& state, Outcomes& outcomes, Dispatcher& dispatcher, Recycling& recycling) noexcept
      : state_(state), outcomes_(outcomes), dispatcher_(dispatcher), recycling_(recycling) {}

  void replace(const ConfigReplaced& event);

 private:
  void add(const PoolConfig& config);
  void change(Pool& pool, const PoolConfig& config);
  void remove(Pool& pool);
  void assign_routes(const std::vector<PoolConfig>& pools);
  void follow_routes(Pool& pool);
  void ask_for_allowed_routes();

  EngineState& state_;
  Outcomes& outcomes_;
  Dispatcher& dispatcher_;
  Recycling& recycling_;
};

}  // namespace plugbroker::engine
