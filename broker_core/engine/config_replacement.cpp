// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/config_replacement.h"

#include <algorithm>
#include <string>

namespace plugbroker::engine {

void ConfigReplacement::replace(const ConfigReplaced& event) {
  if (state_.stopping()) return;
  for (Pool& pool : state_.pools) {
    const bool stays = std::ranges::find(event.pools, pool.config.name, &PoolConfig::name) != event.pools.end();
    if (!stays && !pool.removed) remove(pool);
  }
  for (const PoolConfig& config : event.pools) {
    Pool* pool = state_.find_pool(config.name);
    if (pool == nullptr) {
      add(config);
      continue;
    }
    const bool program_changed = std::ranges::find(event.changed_programs, config.name) != event.changed_programs.end();
    if (pool->removed || program_changed || pool->config != config) change(*pool, config);
  }
  assign_routes(event.pools);
  for (Pool& pool : state_.pools) follow_routes(pool);
  ask_for_allowed_routes();
  state_.log(LogLevel::information, "configuration_replaced", {});
}

void ConfigReplacement::add(const PoolConfig& config) {
  Pool& pool = state_.add_pool(config);
  state_.log(LogLevel::information, "pool_added", {}, {.pool = pool.config.name});
  state_.review(pool);
}

void ConfigReplacement::change(Pool& pool, const PoolConfig& config) {
  state_.timers.cancel(pool.backoff_timer);
  state_.timers.cancel(pool.recycle_timer);
  pool.removed = false;
  pool.configure(config);
  recycling_.mark_all(pool, RecycleReason::configuration);
  state_.log(LogLevel::information, "pool_changed", "its workers are replaced", {.pool = pool.config.name});
  state_.look_at(pool);
}

void ConfigReplacement::remove(Pool& pool) {
  pool.removed = true;
  state_.log(LogLevel::information, "pool_removed", "it finishes the calls that it has", {.pool = pool.config.name});
  state_.look_at(pool);
}

void ConfigReplacement::assign_routes(const std::vector<PoolConfig>& pools) {
  state_.routes.clear();
  for (const PoolConfig& config : pools) state_.routes.assign(state_.find_pool(config.name)->index, config.routes);
}

/// Calls that a worker has already stay where they are.
void ConfigReplacement::follow_routes(Pool& pool) {
  Call* next = nullptr;
  for (Call* call = pool.waiting.front(); call != nullptr; call = next) {
    next = FairQueue::next(*call);
    const std::optional<RouteIndex> route = state_.routes.find(call->route);
    if (!route) {
      outcomes_.decide(*call, StatusCode::not_found, RetryClass::never,
                       "the route '" + std::string{call->route} + "' was removed from the configuration");
    } else if (Pool& owner = state_.pools[state_.routes.pool_of(*route)]; &owner != &pool) {
      dispatcher_.move(*call, owner);
    }
  }
}

void ConfigReplacement::ask_for_allowed_routes() {
  for (Session* session = state_.sessions.all().front(); session != nullptr;
       session = state_.sessions.all().next(*session)) {
    if (session->state != SessionState::open) continue;
    state_.commands.push(IdentifyCaller{session->connection.id});
  }
}

}  // namespace plugbroker::engine
