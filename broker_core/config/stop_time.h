// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "broker_core/config/broker_config.h"

namespace plugbroker::config {

/// How long after a stop request everything must have ended: the grace for running calls, then the slowest pool's stop,
/// and a margin.
[[nodiscard]] Duration longest_stop(const BrokerConfig& config, Duration grace);

/// The same with `stop_grace`.
[[nodiscard]] Duration longest_stop(const BrokerConfig& config);

/// The grace for running calls when the system shuts down: `shutdown_grace`, but at most half of `system_waits`, which
/// is how long the system waits for the service then; none when that is not known.
[[nodiscard]] Duration shutdown_grace(const BrokerConfig& config, std::optional<Duration> system_waits);

/// How long the system should wait for the service when it shuts down: enough for the longest stop with either grace.
[[nodiscard]] Duration shutdown_time(const BrokerConfig& config);

}  // namespace plugbroker::config
