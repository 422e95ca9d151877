// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker_core/base/result.h"

namespace plugbroker::service {

enum class ServiceVerb : std::uint8_t { run, console, check_config, help, version };

/// What plugbroker-service was asked to do.
struct ServiceCommand {
  ServiceVerb verb = ServiceVerb::help;
  std::string config_path;  ///< UTF-8; empty: the default.
  std::string service_name;
  std::string attach_pool;  ///< console: the pool that a worker's author attaches to; empty: none.
  std::vector<std::string> trusted_writers;  ///< SIDs that may also write the configuration.
};

/// invalid_argument, with a sentence for people, when the arguments make no sense.
[[nodiscard]] Result<ServiceCommand> parse_service_command(const std::vector<std::string>& arguments);

/// What --help prints.
[[nodiscard]] std::string service_help();

}  // namespace plugbroker::service
