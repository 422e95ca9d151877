// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker_core/engine/snapshot.h"

namespace plugbroker::admin {

/// A pool that has fewer workers than it shall have at least.
struct PoolShortage {
  std::string pool;
  std::uint32_t ready = 0;  ///< That take calls.
  std::uint32_t wanted = 0;

  friend bool operator==(const PoolShortage&, const PoolShortage&) = default;
};

/// In the order of the configuration. Not those that an administrator drained, nor those that start no worker
/// themselves (`console --attach`).
[[nodiscard]] std::vector<PoolShortage> pool_shortages(const engine::Snapshot& snapshot);

/// "markdown has 0 of 2 workers, images has 1 of 2 workers"; names of pools need no escaping.
[[nodiscard]] std::string text_of(const std::vector<PoolShortage>& shortages);

}  // namespace plugbroker::admin
