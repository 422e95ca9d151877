// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "broker_core/base/result.h"

/// What an upgrade does to files. Targets get the folders they need.
namespace plugbroker::installer {

/// Paths relative to the folder, sorted. resource_exhausted: more than 20,000. failed_precondition: there is a link.
[[nodiscard]] Result<std::vector<std::wstring>> list_files(const std::filesystem::path& folder);

[[nodiscard]] bool have_same_content(const std::filesystem::path& one, const std::filesystem::path& other);

/// Replaces the target.
[[nodiscard]] Status copy_over(const std::filesystem::path& from, const std::filesystem::path& to);

/// On the same volume; a file that a process has loaded can be moved too. Replaces nothing. A scanner may hold a file
/// for a moment: tried again for 5 s.
[[nodiscard]] Status move_file(const std::filesystem::path& from, const std::filesystem::path& to);

/// Under another name first, then in place, each on the disk before it goes on.
[[nodiscard]] Status write_durably(const std::filesystem::path& path, const std::string& text);

/// At most 16 MiB.
[[nodiscard]] Result<std::string> read_text(const std::filesystem::path& path);

}  // namespace plugbroker::installer
