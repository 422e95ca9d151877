// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/route_table.h"

#include <algorithm>

namespace plugbroker::engine {

void RouteTable::clear() {
  std::ranges::fill(pools_, std::nullopt);
}

void RouteTable::assign(PoolIndex pool, const std::vector<std::string>& routes) {
  for (const std::string& route : routes) {
    const RouteIndex index = numbers_.number(route);
    pools_.resize(numbers_.size());
    if (!pools_[index]) pools_[index] = pool;
  }
}

std::optional<RouteIndex> RouteTable::find(std::string_view route) const {
  const std::optional<RouteIndex> index = numbers_.find(route);
  if (!index || !pools_[*index]) return std::nullopt;
  return index;
}

}  // namespace plugbroker::engine
