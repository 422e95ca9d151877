// SPDX-License-Identifier: Apache-2.0
#include "service/engine_setup.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "broker_core/runtime/daily_times.h"
#include "broker_core/win/utf16.h"
#include "service/service_identity.h"

namespace plugbroker::service {
namespace {

engine::RecycleConfig recycle_config(const config::RecycleConfig& recycle) {
  engine::RecycleConfig made;
  made.after_calls = recycle.after_calls;
  made.after_age = recycle.after_age;
  made.private_bytes = recycle.private_bytes;
  return made;
}

engine::BreakerConfig breaker_config(const config::BreakerConfig& breaker) {
  engine::BreakerConfig made;
  made.failures = breaker.failures;
  made.window = breaker.window;
  made.probe_after = breaker.probe_after;
  made.probe_after_max = breaker.probe_after_max;
  return made;
}

engine::PoolConfig pool_config(const config::PoolConfig& pool) {
  engine::PoolConfig made;
  made.name = pool.name;
  made.routes = pool.routes;
  made.min_workers = pool.min_workers;
  made.max_workers = pool.max_workers;
  made.spare_workers = pool.spare_workers;
  made.max_concurrent_starts = pool.max_concurrent_starts;
  made.max_surge = pool.max_surge;
  made.idle_timeout = pool.idle_timeout;
  made.concurrency = pool.concurrency;
  made.queue_limit = pool.queue_limit;
  made.queue_timeout = pool.queue_timeout;
  made.execution_limit = pool.execution_limit;
  made.ping_interval = pool.ping_interval;
  made.ping_timeout = pool.ping_timeout;
  made.start_timeout = pool.start_timeout;
  made.stop_timeout = pool.stop_timeout;
  made.cancel_grace = pool.cancel_grace;
  made.restart_backoff_min = pool.restart_backoff_min;
  made.restart_backoff_max = pool.restart_backoff_max;
  made.recycle = recycle_config(pool.recycle);
  made.breaker = breaker_config(pool.breaker);
  made.idempotent_routes = pool.idempotent_routes;
  made.sticky_sessions = pool.sticky_sessions;
  return made;
}

// The configuration was checked; what it may not say is never met here.
win::Priority priority_of(std::string_view name) {
  if (name == "idle") return win::Priority::idle;
  if (name == "below_normal") return win::Priority::below_normal;
  if (name == "above_normal") return win::Priority::above_normal;
  if (name == "high") return win::Priority::high;
  return win::Priority::normal;
}

win::WorkerLimits worker_limits(const config::ProcessConfig& process) {
  return {.priority = priority_of(process.priority),
          .affinity_mask = process.affinity_mask,
          .max_memory_bytes = process.max_memory_bytes,
          .max_cpu_percent = process.max_cpu_percent,
          .max_processes = process.max_processes};
}

win::DumpKind dump_kind(config::DumpKind kind) {
  switch (kind) {
    case config::DumpKind::off:
      return win::DumpKind::off;
    case config::DumpKind::mini:
      return win::DumpKind::mini;
    case config::DumpKind::full:
      return win::DumpKind::full;
  }
  return win::DumpKind::off;
}

runtime::TokenKind token_kind(config::TokenKind kind) {
  switch (kind) {
    case config::TokenKind::restricted:
      return runtime::TokenKind::restricted;
    case config::TokenKind::sandbox:
      return runtime::TokenKind::sandbox;
    case config::TokenKind::inherit:
      return runtime::TokenKind::inherit;
  }
  return runtime::TokenKind::restricted;
}

win::OutdatedRules outdated_rules(const config::RecycleConfig& recycle) {
  win::OutdatedRules rules{.on_file_change = recycle.on_file_change, .quiet_period = recycle.file_quiet_period};
  for (const std::string& time : recycle.at) {
    if (const std::optional<int> minute = runtime::minute_of_day(time)) rules.daily_minutes.push_back(*minute);
  }
  return rules;
}

}  // namespace

engine::EngineConfig engine_config(const config::BrokerConfig& config, const protocol::InstanceId& instance_id,
                                   std::string_view attach_pool) {
  engine::EngineConfig made;
  for (const config::PoolConfig& pool : config.pools) {
    made.pools.push_back(pool_config(pool));
    made.pools.back().attached_only = pool.name == attach_pool;
  }
  made.hello_timeout = config.limits.hello_timeout;
  made.max_sessions = config.limits.max_sessions;
  made.max_streams_per_session = config.limits.max_streams_per_session;
  made.max_payload_bytes = config.limits.max_payload_bytes;
  made.max_queued_bytes = config.limits.max_queued_bytes;
  made.quotas = {.max_sessions = config.quotas.max_sessions,
                 .max_calls = config.quotas.max_calls,
                 .max_queued_bytes = config.quotas.max_queued_bytes,
                 .hello_rate = config.quotas.hello_rate,
                 .hello_burst = config.quotas.hello_burst};
  made.flow_control = {.stream_window_bytes = config.flow_control.stream_window_bytes,
                       .stream_window_max_bytes = config.flow_control.stream_window_max_bytes,
                       .connection_window_bytes = config.flow_control.connection_window_bytes,
                       .window_growth_bytes = config.flow_control.window_growth_bytes};
  made.instance_id = instance_id;
  made.library_version = std::string{version};
  return made;
}

bool has_pool(const config::BrokerConfig& config, std::string_view name) {
  return std::ranges::any_of(config.pools, [&](const config::PoolConfig& pool) { return pool.name == name; });
}

std::string attach_pipe_name(std::string_view pool) {
  return win::to_utf8(attach_pipe_prefix) + std::string{pool};
}

std::vector<std::string> pipe_names(const config::BrokerConfig& config, std::string_view attach_pool) {
  std::vector<std::string> names{config.pipe, config.admin_pipe};
  if (!attach_pool.empty()) names.push_back(attach_pipe_name(attach_pool));
  return names;
}

std::vector<win::LaunchSpec> launch_specs(const config::BrokerConfig& config) {
  std::vector<win::LaunchSpec> specs;
  for (const config::PoolConfig& pool : config.pools) {
    auto environment = pool.environment;
    environment.insert_or_assign("PLUGBROKER_CONCURRENCY", std::to_string(pool.concurrency));
    specs.push_back({.pool = pool.name,
                     .command = pool.command,
                     .working_directory = pool.working_directory,
                     .environment = std::move(environment),
                     .limits = worker_limits(pool.process),
                     .token = token_kind(pool.token),
                     .dump = dump_kind(pool.dump),
                     .outdated = outdated_rules(pool.recycle)});
  }
  return specs;
}

runtime::TokenCheck token_check(config::TokenCheck check) {
  return check == config::TokenCheck::report ? runtime::TokenCheck::report : runtime::TokenCheck::strict;
}

void number_routes(RouteNumbers& routes, const config::BrokerConfig& config) {
  for (const config::PoolConfig& pool : config.pools) {
    for (const std::string& route : pool.routes) {
      routes.try_emplace(route, static_cast<std::uint32_t>(routes.size()));
    }
  }
}

std::vector<std::string> access_by_route(const config::BrokerConfig& config, const RouteNumbers& routes) {
  std::vector<std::string> access(routes.size());
  for (const config::PoolConfig& pool : config.pools) {
    for (const std::string& route : pool.routes) {
      const auto own = pool.route_access.find(route);
      access[routes.find(route)->second] = own == pool.route_access.end() ? pool.access : own->second;
    }
  }
  return access;
}

}  // namespace plugbroker::service
