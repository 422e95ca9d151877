// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker_core/config/config_reader.h"
#include "broker_core/config/problem_list.h"

namespace plugbroker::config {

/// What concerns more than one key, or the file system: names used twice, minimum above maximum, routes that are none
/// of the pool, access that is none, programs and folders that don't exist, no pool at all. What follows from a problem that is already in
/// `problems` is not reported again.
void check_config(const BrokerConfig& config, const PathProbe& exists, const AccessProbe& access,
                  ProblemList& problems);

}  // namespace plugbroker::config
