// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "broker_core/base/result.h"

namespace plugbroker::installer {

/// What was done, one sentence each, for people.
using Steps = std::vector<std::string>;

/// Makes %ProgramData%\PlugBroker with `logs`, `run`, `evidence`, `shadow` and `sandbox` and protects those that were not there
/// (docs/SECURITY.md): SYSTEM and Administrators everything, the service reads, and writes in the four folders. A
/// folder that exists is left as it is. When rights can't be set, that is one of the steps, and it goes on.
[[nodiscard]] Result<Steps> make_data_folders(const std::filesystem::path& data_folder, std::string_view service_sid);

/// Writes the starter configuration if there is no such file. Its folder must exist.
[[nodiscard]] Result<Steps> make_config_file(const std::filesystem::path& file);

}  // namespace plugbroker::installer
