// SPDX-License-Identifier: Apache-2.0
#include "installer/shutdown_time.h"

#include <algorithm>

#include "broker_core/config/config_file.h"
#include "broker_core/config/stop_time.h"

namespace plugbroker::installer {
namespace {

constexpr Duration least = std::chrono::seconds{60};

}  // namespace

Duration shutdown_time(const std::string& config_path) {
  const config::ConfigOutcome outcome = config::load_config(config_path, config::path_exists);
  return outcome.config ? std::max(least, config::shutdown_time(*outcome.config)) : least;
}

}  // namespace plugbroker::installer
