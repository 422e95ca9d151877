// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "installer/plan/command_report.h"
#include "installer/plan/install_command.h"

namespace plugbroker::installer {

/// How plugbroker-install shall end, and why if not well.
struct Outcome {
  ExitCode code = ExitCode::ok;
  std::string problem;
};

/// The exit code that belongs to a status; a hint to use an elevated prompt where that is it.
[[nodiscard]] Outcome outcome_of(const Status& status);

/// Carries out any command but help and version. `report` gets what was done and what could not be.
[[nodiscard]] Outcome run_command(const InstallCommand& command, CommandReport& report);

}  // namespace plugbroker::installer
