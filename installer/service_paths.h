// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "broker_core/base/result.h"
#include "installer/plan/install_command.h"
#include "installer/plan/setup_plan.h"

namespace plugbroker::installer {

/// plugbroker-service.exe beside this program; failed_precondition when there is none.
[[nodiscard]] Result<std::filesystem::path> own_service_program();

/// %ProgramData%\PlugBroker
[[nodiscard]] Result<std::filesystem::path> data_folder();

/// What the SCM has of the service, its delayed start included; nothing when there is no such service.
[[nodiscard]] Result<std::optional<ServiceSettings>> registered_service(const std::string& service_name);

/// All that a plan is made from. The service's program beside this one may be missing: then it is "".
[[nodiscard]] Result<SetupFacts> setup_facts(const InstallCommand& command);

/// Paths of the command line made absolute, by the current folder.
[[nodiscard]] InstallCommand with_absolute_paths(InstallCommand command);

/// The names of the service's pipes by its configuration; the defaults when that is not good.
struct PipeNames {
  std::string pipe;
  std::string admin_pipe;
};
[[nodiscard]] PipeNames pipe_names(const std::string& config_path);

}  // namespace plugbroker::installer
