// SPDX-License-Identifier: Apache-2.0
#include "broker_core/admin/pool_shortage.h"

#include <algorithm>

namespace plugbroker::admin {
namespace {

bool takes_calls(const engine::WorkerSnapshot& worker) {
  return worker.state == engine::WorkerState::ready || worker.state == engine::WorkerState::busy;
}

}  // namespace

std::vector<PoolShortage> pool_shortages(const engine::Snapshot& snapshot) {
  std::vector<PoolShortage> shortages;
  for (const engine::PoolSnapshot& pool : snapshot.pools) {
    if (pool.drained || pool.attached_only) continue;
    const auto ready = static_cast<std::uint32_t>(std::ranges::count_if(pool.workers, takes_calls));
    if (ready < pool.min_workers) shortages.push_back({.pool = pool.name, .ready = ready, .wanted = pool.min_workers});
  }
  return shortages;
}

std::string text_of(const std::vector<PoolShortage>& shortages) {
  std::string text;
  for (const PoolShortage& shortage : shortages) {
    if (!text.empty()) text += ", ";
    text += shortage.pool + " has " + std::to_string(shortage.ready) + " of " + std::to_string(shortage.wanted) +
            (shortage.wanted == 1 ? " worker" : " workers");
  }
  return text;
}

}  // namespace plugbroker::admin
