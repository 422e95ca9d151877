// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "installer/data_folder_setup.h"

namespace plugbroker::installer {

/// What is to be said of a configuration that was there already: whether the service can start with it, and, when it
/// lies outside `data_folder`, whose rights were set, that its folder's rights decide what the service runs.
[[nodiscard]] Steps config_remarks(const std::filesystem::path& file, const std::filesystem::path& data_folder);

}  // namespace plugbroker::installer
