// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "broker_core/base/result.h"

namespace plugbroker::win {

/// %ProgramData%, as the system knows it, whatever the environment says.
[[nodiscard]] Result<std::filesystem::path> program_data_folder();

/// %LOCALAPPDATA% of the user this process runs as, likewise.
[[nodiscard]] Result<std::filesystem::path> local_app_data_folder();

}  // namespace plugbroker::win
