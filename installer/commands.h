// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "installer/installation.h"

/// The commands one by one; each prints its script instead when the command is a dry run.
namespace plugbroker::installer {

/// install and configure
[[nodiscard]] Outcome set_up(const InstallCommand& command, CommandReport& report);
[[nodiscard]] Outcome upgrade(const InstallCommand& command, CommandReport& report);
[[nodiscard]] Outcome uninstall(const InstallCommand& command, CommandReport& report);
[[nodiscard]] Outcome start(const InstallCommand& command, CommandReport& report);
[[nodiscard]] Outcome stop(const InstallCommand& command, CommandReport& report);
[[nodiscard]] Outcome restart(const InstallCommand& command, CommandReport& report);
[[nodiscard]] Outcome show_status(const InstallCommand& command, CommandReport& report);
[[nodiscard]] Outcome doctor(const InstallCommand& command, CommandReport& report);

}  // namespace plugbroker::installer
