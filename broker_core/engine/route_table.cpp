// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/route_table.h"

namespace plugbroker::engine {

RouteTable::RouteTable(const std::vector<PoolConfig>& pools) {
  for (PoolIndex pool = 0; pool < pools.size(); ++pool) {
    for (const std::string& route : pools[pool].routes) {
      by_name_.try_emplace(route, static_cast<RouteIndex>(names_.size()));
      names_.push_back(route);
      pools_.push_back(pool);
    }
  }
}

std::optional<RouteIndex> RouteTable::find(std::string_view route) const {
  const auto place = by_name_.find(route);
  if (place == by_name_.end()) return std::nullopt;
  return place->second;
}

}  // namespace plugbroker::engine
