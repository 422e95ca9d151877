// SPDX-License-Identifier: Apache-2.0
#include "service/config_reload.h"

#include <algorithm>
#include <utility>

#include "broker_core/base/limits.h"
#include "broker_core/config/config_changes.h"
#include "broker_core/config/stop_time.h"
#include "service/engine_setup.h"

namespace plugbroker::service {
namespace {

/// Like the engine: a known name keeps its index, a new one gets the next.
void place(std::vector<win::LaunchSpec>& specs, std::vector<win::LaunchSpec> next) {
  for (win::LaunchSpec& spec : next) {
    const auto known = std::ranges::find(specs, spec.pool, &win::LaunchSpec::pool);
    if (known == specs.end()) {
      specs.push_back(std::move(spec));
    } else {
      *known = std::move(spec);
    }
  }
}

/// Its last calls may still need a worker, but it is not watched any more.
void retire(std::vector<win::LaunchSpec>& specs, const std::vector<std::string>& pools) {
  for (win::LaunchSpec& spec : specs) {
    if (std::ranges::find(pools, spec.pool) != pools.end()) spec.outdated = {};
  }
}

Status too_many(std::string_view what, std::size_t count, std::size_t bound) {
  return {StatusCode::resource_exhausted, std::to_string(count) + " names of " + std::string{what} +
                                              " since the service started, at most " + std::to_string(bound) +
                                              " are kept apart; restart the service to use this configuration"};
}

/// As many as one message holds.
std::string shown(const std::vector<std::string>& problems) {
  constexpr std::string_view beginning = "the configuration is not good, nothing was changed: ";
  constexpr std::string_view rest = "; the rest is in the log";
  std::string text{beginning};
  for (std::size_t index = 0; index < problems.size(); ++index) {
    const std::string next = (index == 0 ? "" : "; ") + problems[index];
    const bool last = index + 1 == problems.size();
    if (text.size() + next.size() + (last ? 0 : rest.size()) > limits::max_message_bytes) {
      return index == 0 ? text + "see the log" : text + std::string{rest};
    }
    text += next;
  }
  return text;
}

}  // namespace

ConfigReload::ConfigReload(config::BrokerConfig running, std::string attach_pool, Environment environment)
    : attach_pool_(std::move(attach_pool)), environment_(std::move(environment)) {
  state_.specs = launch_specs(running);
  number_routes(state_.routes, running);
  state_.longest_stop = config::longest_stop(running);
  state_.running = std::move(running);
}

Status ConfigReload::reload(const std::string& asked_by) {
  const std::lock_guard one_at_a_time(one_at_a_time_);
  config::ConfigOutcome outcome = environment_.load();
  if (!outcome.config) {
    log_refusal(outcome.problems, asked_by);
    return {StatusCode::invalid_argument, shown(outcome.problems)};
  }
  Status status = take_over(state(), std::move(*outcome.config), asked_by);
  if (!status.ok()) log_refusal({status.message}, asked_by);
  return status;
}

std::vector<std::string> ConfigReload::restart_needed() const {
  const std::lock_guard lock(mutex_);
  return state_.restart_needed;
}

admin::AccessByPool ConfigReload::access() const {
  const std::lock_guard lock(mutex_);
  admin::AccessByPool access;
  for (const config::PoolConfig& pool : state_.running.pools) {
    access.emplace(pool.name, admin::PoolAccess{pool.access, pool.route_access});
  }
  return access;
}

Duration ConfigReload::longest_stop() const {
  const std::lock_guard lock(mutex_);
  return state_.longest_stop;
}

ConfigReload::State ConfigReload::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

Status ConfigReload::take_over(const State& before, config::BrokerConfig next, const std::string& asked_by) {
  if (!attach_pool_.empty() && !has_pool(next, attach_pool_)) {
    return {StatusCode::failed_precondition,
            "the pool " + attach_pool_ + " is attached to (--attach) and can't be removed; nothing was changed"};
  }
  const config::ConfigChanges changes = config::config_changes(before.running, next);

  State after = before;
  ++after.version;
  place(after.specs, launch_specs(next));
  retire(after.specs, changes.pools_removed);
  number_routes(after.routes, next);
  if (after.specs.size() > limits::max_pool_names) {
    return too_many("pools", after.specs.size(), limits::max_pool_names);
  }
  if (after.routes.size() > limits::max_route_names) {
    return too_many("routes", after.routes.size(), limits::max_route_names);
  }
  ReloadPlan plan{
      .pools = {.pools = engine_config(next, {}, attach_pool_).pools, .changed_programs = changes.pools_changed},
      .specs = after.specs,
      .access = access_by_route(next, after.routes)};
  after.running.pools = std::move(next.pools);
  after.longest_stop = std::max(before.longest_stop, config::longest_stop(after.running));
  after.restart_needed.assign(changes.restart_needed.begin(), changes.restart_needed.end());

  // On the loop's thread, perhaps after this has given up waiting.
  const auto adopt_it = [this, after = std::move(after), line = asked_by + "; " + text_of(changes)] {
    Status status = adopt(after);
    if (status.ok()) environment_.log.write({.level = LogLevel::information, .event = "reloaded", .message = line});
    return status;
  };
  return environment_.install(std::move(plan), adopt_it);
}

Status ConfigReload::adopt(State next) {
  const std::lock_guard lock(mutex_);
  if (next.version != state_.version + 1) {
    return {StatusCode::unavailable, "another reload has taken place meanwhile; nothing was changed, try again"};
  }
  state_ = std::move(next);
  return {};
}

void ConfigReload::log_refusal(const std::vector<std::string>& problems, const std::string& asked_by) const {
  for (const std::string& problem : problems) {
    environment_.log.write({.level = LogLevel::error, .event = "reload_refused", .message = asked_by + ": " + problem});
  }
}

}  // namespace plugbroker::service
