// SPDX-License-Identifier: Apache-2.0
#include "broker_core/config/config_changes.h"

#include <algorithm>
#include <array>

namespace plugbroker::config {
namespace {

struct RestartSetting {
  std::string_view path;
  bool (*same)(const BrokerConfig&, const BrokerConfig&);
};

template <auto Member>
bool same_top(const BrokerConfig& left, const BrokerConfig& right) {
  return left.*Member == right.*Member;
}

template <auto Group, auto Member>
bool same(const BrokerConfig& left, const BrokerConfig& right) {
  return (left.*Group).*Member == (right.*Group).*Member;
}

// Every key outside of /pools but $schema, which the service does not read; a test compares it with the schema table.
constexpr std::array restart_table{
    RestartSetting{"/pipe", same_top<&BrokerConfig::pipe>},
    RestartSetting{"/admin_pipe", same_top<&BrokerConfig::admin_pipe>},
    RestartSetting{"/ready_timeout", same_top<&BrokerConfig::ready_timeout>},
    RestartSetting{"/stop_grace", same_top<&BrokerConfig::stop_grace>},
    RestartSetting{"/shutdown_grace", same_top<&BrokerConfig::shutdown_grace>},
    RestartSetting{"/self_probe_interval", same_top<&BrokerConfig::self_probe_interval>},
    RestartSetting{"/token_check", same_top<&BrokerConfig::token_check>},
    RestartSetting{"/log/folder", same<&BrokerConfig::log, &LogConfig::folder>},
    RestartSetting{"/log/level", same<&BrokerConfig::log, &LogConfig::level>},
    RestartSetting{"/log/max_file_bytes", same<&BrokerConfig::log, &LogConfig::max_file_bytes>},
    RestartSetting{"/log/max_files", same<&BrokerConfig::log, &LogConfig::max_files>},
    RestartSetting{"/limits/max_payload_bytes", same<&BrokerConfig::limits, &LimitsConfig::max_payload_bytes>},
    RestartSetting{"/limits/max_sessions", same<&BrokerConfig::limits, &LimitsConfig::max_sessions>},
    RestartSetting{"/limits/max_streams_per_session",
                   same<&BrokerConfig::limits, &LimitsConfig::max_streams_per_session>},
    RestartSetting{"/limits/max_queued_bytes", same<&BrokerConfig::limits, &LimitsConfig::max_queued_bytes>},
    RestartSetting{"/limits/hello_timeout", same<&BrokerConfig::limits, &LimitsConfig::hello_timeout>},
    RestartSetting{"/quotas/max_sessions", same<&BrokerConfig::quotas, &QuotasConfig::max_sessions>},
    RestartSetting{"/quotas/max_calls", same<&BrokerConfig::quotas, &QuotasConfig::max_calls>},
    RestartSetting{"/quotas/max_queued_bytes", same<&BrokerConfig::quotas, &QuotasConfig::max_queued_bytes>},
    RestartSetting{"/quotas/hello_rate", same<&BrokerConfig::quotas, &QuotasConfig::hello_rate>},
    RestartSetting{"/quotas/hello_burst", same<&BrokerConfig::quotas, &QuotasConfig::hello_burst>},
    RestartSetting{"/flow_control/stream_window_bytes",
                   same<&BrokerConfig::flow_control, &FlowControlConfig::stream_window_bytes>},
    RestartSetting{"/flow_control/stream_window_max_bytes",
                   same<&BrokerConfig::flow_control, &FlowControlConfig::stream_window_max_bytes>},
    RestartSetting{"/flow_control/connection_window_bytes",
                   same<&BrokerConfig::flow_control, &FlowControlConfig::connection_window_bytes>},
    RestartSetting{"/flow_control/window_growth_bytes",
                   same<&BrokerConfig::flow_control, &FlowControlConfig::window_growth_bytes>},
    RestartSetting{"/evidence/folder", same<&BrokerConfig::evidence, &EvidenceConfig::folder>},
    RestartSetting{"/evidence/max_cases", same<&BrokerConfig::evidence, &EvidenceConfig::max_cases>},
    RestartSetting{"/evidence/max_dump_bytes", same<&BrokerConfig::evidence, &EvidenceConfig::max_dump_bytes>},
    RestartSetting{"/evidence/dump_timeout", same<&BrokerConfig::evidence, &EvidenceConfig::dump_timeout>},
};

const PoolConfig* find_pool(const BrokerConfig& config, const std::string& name) {
  const auto found = std::ranges::find(config.pools, name, &PoolConfig::name);
  return found == config.pools.end() ? nullptr : &*found;
}

/// Workers need not be replaced for that.
bool differ_only_in_access(const PoolConfig& before, const PoolConfig& pool) {
  PoolConfig same = pool;
  same.access = before.access;
  same.route_access = before.route_access;
  return same == before;
}

template <class Names>
std::string joined(const Names& names) {
  std::string text;
  for (const auto& name : names) {
    if (!text.empty()) text += ", ";
    text += name;
  }
  return text;
}

std::string counted(const std::vector<std::string>& names, std::string_view what) {
  const std::string count = std::to_string(names.size()) + ' ' + std::string{what};
  return names.empty() ? count : count + " (" + joined(names) + ')';
}

}  // namespace

ConfigChanges config_changes(const BrokerConfig& running, const BrokerConfig& next) {
  ConfigChanges changes;
  for (const PoolConfig& pool : next.pools) {
    const PoolConfig* const before = find_pool(running, pool.name);
    if (before == nullptr) {
      changes.pools_added.push_back(pool.name);
    } else if (*before == pool) {
      ++changes.pools_unchanged;
    } else if (differ_only_in_access(*before, pool)) {
      changes.access_changed.push_back(pool.name);
    } else {
      changes.pools_changed.push_back(pool.name);
    }
  }
  for (const PoolConfig& pool : running.pools) {
    if (find_pool(next, pool.name) == nullptr) changes.pools_removed.push_back(pool.name);
  }
  for (const RestartSetting& setting : restart_table) {
    if (!setting.same(running, next)) changes.restart_needed.push_back(setting.path);
  }
  return changes;
}

std::vector<std::string_view> restart_settings() {
  std::vector<std::string_view> paths;
  for (const RestartSetting& setting : restart_table) paths.push_back(setting.path);
  return paths;
}

std::string text_of(const ConfigChanges& changes) {
  std::string text = "pools: " + counted(changes.pools_added, "added") + ", " +
                     counted(changes.pools_changed, "changed") + ", " + counted(changes.pools_removed, "removed") +
                     ", " + std::to_string(changes.pools_unchanged) + " unchanged";
  if (!changes.access_changed.empty()) text += "; access changed: " + joined(changes.access_changed);
  if (!changes.restart_needed.empty()) {
    text += "; from the next start of the service only: " + joined(changes.restart_needed);
  }
  return text;
}

}  // namespace plugbroker::config
