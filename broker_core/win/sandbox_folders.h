// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "broker_core/base/result.h"

namespace plugbroker::win {

/// Where the workers of one sandboxed pool may write.
struct SandboxFolders {
  std::filesystem::path temporary;  ///< `<root>\pool-<pool>-files\temp`
  std::filesystem::path data;       ///< `<root>\pool-<pool>-files\data`
};

/// The rights of a pool's folders as SDDL: SYSTEM and Administrators everything, the service's account and the pool's SID
/// read, write and delete. A worker needs both of the last: its account's for the one check of a write-restricted token,
/// its pool's for the other.
[[nodiscard]] std::string sandbox_rights(std::string_view user_sid, std::string_view pool_sid);

/// Makes them, and `root`, which only the account may use, where they are missing. Those that exist are left as they
/// are; a link in the place of one is refused, and so is one that others may write to.
[[nodiscard]] Result<SandboxFolders> make_sandbox_folders(const std::filesystem::path& root, std::string_view pool,
                                                          std::string_view user_sid, std::string_view pool_sid);

}  // namespace plugbroker::win
