// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "broker_core/base/status.h"
#include "installer/install_command.h"

namespace plugbroker::installer {

/// Receives what was done and what could not be, a sentence each.
using Report = std::function<void(const std::string&)>;

/// The commands of plugbroker-install. Each returns how the process shall end, and why if not well; `report` gets the
/// rest.
struct Outcome {
  ExitCode code = ExitCode::ok;
  std::string problem;
};

[[nodiscard]] Outcome install(const InstallCommand& command, const Report& report);
[[nodiscard]] Outcome uninstall(const InstallCommand& command, const Report& report);
[[nodiscard]] Outcome start(const InstallCommand& command, const Report& report);
[[nodiscard]] Outcome stop(const InstallCommand& command, const Report& report);
[[nodiscard]] Outcome show_status(const InstallCommand& command, const Report& report);

}  // namespace plugbroker::installer
