// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>

#include "broker_core/base/result.h"
#include "broker_core/win/launch_spec.h"

namespace plugbroker::win {

/// Which folder of a pool is watched and copied: that of the first argument that is an existing .dll file
/// (`dotnet.exe worker.dll`), else that of the program.
struct DeployedProgram {
  std::filesystem::path folder;
  std::size_t argument = 0;  ///< Of the command: the file that decided. 0: the program.
};

/// invalid_argument when the command names no program by an absolute path.
[[nodiscard]] Result<DeployedProgram> deployed_program(const LaunchSpec& spec);

/// The same start from a copy of the folder: the deciding file, and the program if it lies in the folder too. A working
/// directory that is not given becomes the copy where it was the folder. Further arguments stay as they are.
[[nodiscard]] LaunchSpec started_from_copy(const LaunchSpec& spec, const DeployedProgram& deployed,
                                           const std::filesystem::path& copy);

}  // namespace plugbroker::win
