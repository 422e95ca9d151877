// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace plugbroker::installer {

enum class WhenInUse {
  leave,
  remove_at_start,  ///< Windows does it when it starts; needs an elevated process.
};

/// Removes a folder with all that is in it, as far as nothing is in use. A link is removed itself; what it leads to is
/// not touched. True when nothing is left. At most 1,000,000 entries and 64 folders deep.
bool remove_folder_tree(const std::filesystem::path& folder, WhenInUse when_in_use);

}  // namespace plugbroker::installer
