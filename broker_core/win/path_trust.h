// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "broker_core/base/result.h"
#include "broker_core/runtime/file_writers.h"

namespace plugbroker::win {

/// Something by which somebody who is not trusted can decide what a path leads to.
struct PathWeakness {
  std::filesystem::path where;  ///< The file, or a folder on the way to it.
  runtime::FilePlace place = runtime::FilePlace::file;
  std::string problem;  ///< A sentence without its subject: "may be changed by … ".
  std::string remedy;   ///< What an administrator does about it, for people.
};

/// Owner and access list of a file or folder.
[[nodiscard]] Result<runtime::FileSecurity> file_security(const std::filesystem::path& path);

/// SYSTEM, Administrators, TrustedInstaller, the service's SID, the user this process runs as, and `further`.
[[nodiscard]] Result<std::vector<std::string>> trusted_writers(std::string_view service_name,
                                                               const std::vector<std::string>& further);

/// All weaknesses of an absolute path to a file that exists: of the file, its folder and the folders above, and links on
/// the way (a link may be turned without a right on anything that is checked here). What can't be read is one too. May
/// take seconds: names of accounts are looked up.
[[nodiscard]] std::vector<PathWeakness> path_weaknesses(const std::filesystem::path& file,
                                                        const std::vector<std::string>& trusted);

/// The place and what is wrong with it.
[[nodiscard]] std::string sentence(const PathWeakness& weakness);

/// "S-1-5-11" and the like.
[[nodiscard]] bool is_sid(const std::string& text);

}  // namespace plugbroker::win
