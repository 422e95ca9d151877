// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "broker_core/engine/commands.h"
#include "broker_core/engine/engine_config.h"
#include "broker_core/engine/name_numbers.h"

namespace plugbroker::engine {

/// Which route belongs to which pool. A route keeps its index for ever, also while no pool has it.
class RouteTable {
 public:
  /// No pool has any route from now on, until assign().
  void clear();

  /// The pool's routes. A route that another one has stays there.
  void assign(PoolIndex pool, const std::vector<std::string>& routes);

  /// Nothing when no pool has it.
  [[nodiscard]] std::optional<RouteIndex> find(std::string_view route) const;
  /// Whether find() gives this one; of every RouteIndex.
  [[nodiscard]] bool has_pool(RouteIndex route) const { return pools_[route].has_value(); }
  /// Only of a route that find() gave.
  [[nodiscard]] PoolIndex pool_of(RouteIndex route) const { return *pools_[route]; }
  /// Valid as long as the table.
  [[nodiscard]] std::string_view name(RouteIndex route) const { return numbers_.name(route); }
  /// All that there have ever been.
  [[nodiscard]] std::size_t size() const noexcept { return numbers_.size(); }

 private:
  NameNumbers numbers_;
  std::vector<std::optional<PoolIndex>> pools_;  ///< By RouteIndex.
};

}  // namespace plugbroker::engine
