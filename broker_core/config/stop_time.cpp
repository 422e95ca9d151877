// SPDX-License-Identifier: Apache-2.0
#include "broker_core/config/stop_time.h"

#include <algorithm>

namespace plugbroker::config {
namespace {

constexpr Duration margin = std::chrono::seconds{15};

}  // namespace

Duration longest_stop(const BrokerConfig& config, Duration grace) {
  Duration cancel_grace{};
  Duration stop_timeout{};
  for (const PoolConfig& pool : config.pools) {
    cancel_grace = std::max(cancel_grace, pool.cancel_grace);
    stop_timeout = std::max(stop_timeout, pool.stop_timeout);
  }
  const bool dumps = config.evidence.max_cases > 0 && std::ranges::any_of(config.pools, [](const PoolConfig& pool) {
                       return pool.dump != DumpKind::off;
                     });
  const Duration dump = dumps ? config.evidence.dump_timeout : Duration::zero();
  return grace + cancel_grace + stop_timeout + dump + margin;
}

Duration longest_stop(const BrokerConfig& config) {
  return longest_stop(config, config.stop_grace);
}

Duration shutdown_grace(const BrokerConfig& config, std::optional<Duration> system_waits) {
  return system_waits ? std::min(config.shutdown_grace, *system_waits / 2) : config.shutdown_grace;
}

Duration shutdown_time(const BrokerConfig& config) {
  return std::max(
      {longest_stop(config), longest_stop(config, config.shutdown_grace), Duration{2 * config.shutdown_grace}});
}

}  // namespace plugbroker::config
