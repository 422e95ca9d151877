// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string_view>

#include "broker_core/base/result.h"

namespace plugbroker::service {

/// %ProgramData%\PlugBroker, as the system knows it, not the environment.
[[nodiscard]] Result<std::filesystem::path> data_folder_path();

[[nodiscard]] Result<std::filesystem::path> default_config_path();
[[nodiscard]] Result<std::filesystem::path> default_log_folder();

[[nodiscard]] Result<std::filesystem::path> default_evidence_folder();

/// Where copies of workers' programs go, one folder for each public pipe, which is a running instance's alone: `shadow`
/// in the data folder; with `for_console` in %LOCALAPPDATA%\PlugBroker. `pipe` is its full name.
[[nodiscard]] Result<std::filesystem::path> shadow_folder_path(std::string_view pipe, bool for_console);

/// Where the folders of sandboxed pools are, likewise one for each public pipe: below `sandbox`.
[[nodiscard]] Result<std::filesystem::path> sandbox_folder_path(std::string_view pipe, bool for_console);

/// A folder in which this process can make lock files: `run` in the data folder, made if missing. With `for_console`
/// that one only where it exists and can be used, else %LOCALAPPDATA%\PlugBroker\run.
[[nodiscard]] Result<std::filesystem::path> usable_lock_folder(bool for_console);

}  // namespace plugbroker::service
