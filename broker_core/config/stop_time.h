// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker_core/config/broker_config.h"

namespace plugbroker::config {

/// How long after a stop request everything must have ended: the grace, then the slowest pool's stop, and a margin.
[[nodiscard]] Duration longest_stop(const BrokerConfig& config);

}  // namespace plugbroker::config
