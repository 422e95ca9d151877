// SPDX-License-Identifier: Apache-2.0
#include "broker_core/config/config_checks.h"

#include <algorithm>
#include <map>

#include "broker_core/base/duration_text.h"
#include "broker_core/base/limits.h"
#include "broker_core/config/access_rules.h"
#include "broker_core/config/name_rules.h"

namespace plugbroker::config {
namespace {

// Pipe names and names of environment variables don't care about case.
std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(), [](char byte) {
    return byte >= 'a' && byte <= 'z' ? static_cast<char>(byte - 'a' + 'A') : byte;
  });
  return text;
}

// cmd.exe reads a batch file's arguments by rules of its own, so that no quoting is right.
bool is_batch_file(const std::string& program) {
  const std::string name = upper(program);
  return name.ends_with(".BAT") || name.ends_with(".CMD");
}

bool is_library(const std::string& program) {
  return upper(program).ends_with(".DLL");
}

void check_program(const PoolConfig& pool, const std::string& path, const PathProbe& exists, ProblemList& problems) {
  if (pool.command.empty()) return;
  const std::string& program = pool.command.front();
  const std::string program_path = path + "/command/0";
  if (std::string problem = absolute_path_problem(program); !problem.empty()) {
    problems.add(program_path, problem);
  } else if (is_batch_file(program)) {
    problems.add(program_path, '"' + program + R"(" is a batch file; name the program that it starts)");
  } else if (is_library(program)) {
    problems.add(program_path,
                 '"' + program + R"(" is a library, not a program; name its .exe, or dotnet.exe with it as argument)");
  } else if (!exists(program, PathKind::file)) {
    problems.add(program_path, "there is no file \"" + program + '"');
  }
}

void check_working_directory(const PoolConfig& pool, const std::string& path, const PathProbe& exists,
                             ProblemList& problems) {
  const std::string key_path = path + "/working_directory";
  if (pool.working_directory.empty() || problems.concerns(key_path)) return;
  if (!exists(pool.working_directory, PathKind::folder)) {
    problems.add(key_path, "there is no folder \"" + pool.working_directory + '"');
  }
}

void check_environment(const PoolConfig& pool, const std::string& path, ProblemList& problems) {
  std::map<std::string, std::string> seen;
  for (const auto& [name, value] : pool.environment) {
    const auto [first, inserted] = seen.emplace(upper(name), name);
    if (!inserted) {
      problems.add(path_below(path + "/environment", name),
                   "is the same variable as \"" + first->second + "\"; their case does not matter");
    }
  }
}

std::string shown(std::uint32_t number) {
  return std::to_string(number);
}
std::string shown(Duration duration) {
  return duration_text(duration);
}

// A setting and its value.
template <class T>
struct Named {
  std::string_view key;
  T value;
};

template <class T>
void check_at_most(const std::string& path, Named<T> lesser, Named<T> greater, ProblemList& problems) {
  if (lesser.value <= greater.value) return;
  const std::string lesser_path = path_below(path, lesser.key);
  if (problems.concerns(lesser_path) || problems.concerns(path_below(path, greater.key))) return;
  problems.add(lesser_path, shown(lesser.value) + " is more than " + std::string{greater.key} + ", which is " +
                                shown(greater.value));
}

void check_order(const PoolConfig& pool, const std::string& path, ProblemList& problems) {
  const Named most{"max_workers", pool.max_workers};
  check_at_most(path, {"min_workers", pool.min_workers}, most, problems);
  check_at_most(path, {"spare_workers", pool.spare_workers}, most, problems);
  check_at_most(path, Named{"restart_backoff_min", pool.restart_backoff_min},
                {"restart_backoff_max", pool.restart_backoff_max}, problems);
  check_at_most(path + "/breaker", Named{"probe_after", pool.breaker.probe_after},
                {"probe_after_max", pool.breaker.probe_after_max}, problems);
}

void check_idempotent_routes(const PoolConfig& pool, const std::string& path, ProblemList& problems) {
  if (pool.routes.empty()) return;  // What is wrong with them is known already.
  for (std::size_t index = 0; index < pool.idempotent_routes.size(); ++index) {
    const std::string& route = pool.idempotent_routes[index];
    if (std::ranges::find(pool.routes, route) != pool.routes.end()) continue;
    problems.add(path + "/idempotent_routes/" + std::to_string(index), '"' + route + "\" is not one of routes");
  }
}

// Their SID and their folder are made of the name, and there case does not matter.
void check_sandboxes(const std::vector<PoolConfig>& pools, ProblemList& problems) {
  std::map<std::string, std::string> seen;
  for (const PoolConfig& pool : pools) {
    if (pool.token != TokenKind::sandbox) continue;
    const auto [first, inserted] = seen.emplace(upper(pool.name), pool.name);
    if (!inserted) {
      problems.add(path_below("/pools", pool.name) + "/token",
                   "the pool \"" + first->second + "\" is a sandbox too, and only case tells their names apart");
    }
  }
}

void check_access(const PoolConfig& pool, const std::string& path, const AccessProbe& access, ProblemList& problems) {
  const auto check = [&](const std::string& place, const std::string& sddl) {
    std::string problem = access_problem(sddl);
    if (problem.empty() && access) problem = access(sddl);
    if (!problem.empty()) problems.add(place, problem);
  };
  if (!problems.concerns(path + "/access")) check(path + "/access", pool.access);
  for (const auto& [route, sddl] : pool.route_access) {
    const std::string place = path_below(path + "/route_access", route);
    check(place, sddl);
    const bool known = pool.routes.empty() || std::ranges::find(pool.routes, route) != pool.routes.end();
    if (!known) problems.add(place, '"' + route + "\" is not one of routes");
  }
}

void check_bytes(const BrokerConfig& config, ProblemList& problems) {
  constexpr std::string_view all = "/limits/max_queued_bytes";
  constexpr std::string_view quota = "/quotas/max_queued_bytes";
  constexpr std::string_view window = "/flow_control/stream_window_max_bytes";
  const auto check = [&](std::string_view path, std::uint64_t value, std::string_view least_path, std::uint64_t least) {
    if (value >= least || problems.concerns(path) || problems.concerns(least_path)) return;
    std::string least_name{least_path.substr(1)};
    std::ranges::replace(least_name, '/', '.');
    problems.add(std::string{path},
                 std::to_string(value) + " is less than " + least_name + ", which is " + std::to_string(least));
  };
  check(all, config.limits.max_queued_bytes, quota, config.quotas.max_queued_bytes);
  check(quota, config.quotas.max_queued_bytes, window, config.flow_control.stream_window_max_bytes);
}

void check_windows(const FlowControlConfig& flow, ProblemList& problems) {
  constexpr std::string_view first = "/flow_control/stream_window_bytes";
  constexpr std::string_view largest = "/flow_control/stream_window_max_bytes";
  if (flow.stream_window_max_bytes >= flow.stream_window_bytes) return;
  if (problems.concerns(first) || problems.concerns(largest)) return;
  problems.add(std::string{largest}, std::to_string(flow.stream_window_max_bytes) +
                                         " is less than stream_window_bytes, which is " +
                                         std::to_string(flow.stream_window_bytes));
}

void check_routes(const std::vector<PoolConfig>& pools, ProblemList& problems) {
  std::map<std::string, std::string> owners;
  for (const PoolConfig& pool : pools) {
    for (std::size_t index = 0; index < pool.routes.size(); ++index) {
      const auto [owner, inserted] = owners.emplace(pool.routes[index], pool.name);
      if (!inserted) {
        problems.add(path_below("/pools", pool.name) + "/routes/" + std::to_string(index),
                     '"' + pool.routes[index] + "\" is already a route of pool \"" + owner->second + '"');
      }
    }
  }
}

}  // namespace

void check_config(const BrokerConfig& config, const PathProbe& exists, const AccessProbe& access,
                  ProblemList& problems) {
  if (upper(config.pipe) == upper(config.admin_pipe) && !problems.concerns("/pipe") &&
      !problems.concerns("/admin_pipe")) {
    problems.add("/admin_pipe", "is the same as pipe");
  }
  check_windows(config.flow_control, problems);
  check_bytes(config, problems);
  if (config.pools.empty() && !problems.concerns("/pools")) problems.add("/pools", "at least one pool is needed");
  if (config.pools.size() > limits::max_pools) {
    problems.add("/pools",
                 std::to_string(config.pools.size()) + " pools; at most " + std::to_string(limits::max_pools));
  }
  for (const PoolConfig& pool : config.pools) {
    const std::string path = path_below("/pools", pool.name);
    check_program(pool, path, exists, problems);
    check_working_directory(pool, path, exists, problems);
    check_environment(pool, path, problems);
    check_order(pool, path, problems);
    check_idempotent_routes(pool, path, problems);
    check_access(pool, path, access, problems);
  }
  check_routes(config.pools, problems);
  check_sandboxes(config.pools, problems);
}

}  // namespace plugbroker::config
