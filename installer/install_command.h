// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker_core/base/result.h"

namespace plugbroker::installer {

enum class InstallVerb : std::uint8_t { install, uninstall, start, stop, status, help, version };

/// What plugbroker-install was asked to do. Texts are UTF-8.
struct InstallCommand {
  InstallVerb verb = InstallVerb::help;
  std::string service_name;
  std::string config_path;   ///< Empty: the default below %ProgramData%.
  std::string display_name;  ///< Empty: the service's name.
  std::string account;       ///< Empty: NT SERVICE\ and the service's name.
};

/// How plugbroker-install ends. Documented in docs/OPERATIONS.md; the numbers never change meaning.
enum class ExitCode : int {
  ok = 0,      ///< Done, or there was nothing to do; status: the service runs.
  failed = 1,  ///< What went wrong is on standard error.
  usage = 2,
  not_installed = 3,  ///< start, stop, status: there is no such service.
  not_running = 4,    ///< status: installed, but not running.
  access_denied = 5,  ///< Needs an elevated prompt.
};

/// invalid_argument, with a sentence for people, when the arguments make no sense.
[[nodiscard]] Result<InstallCommand> parse_install_command(const std::vector<std::string>& arguments);

/// What --help prints.
[[nodiscard]] std::string install_help();

}  // namespace plugbroker::installer
