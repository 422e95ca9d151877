// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "broker_core/base/result.h"

namespace plugbroker::installer {

/// Lets this process set the owner of a file to somebody else. Without an elevated token it does nothing.
void enable_owner_privileges();

/// Owner, group and list as SDDL, read through a handle that follows no link. not_found: there is no such thing.
/// failed_precondition: it is a link (junction, symbolic link, mount point).
[[nodiscard]] Result<std::string> object_sddl(const std::filesystem::path& path);

/// Gives owner, group and list, through one handle that follows no link; so what was looked at is what is changed.
/// The list's P (protected) counts, inheritance from above is worked out without it. Errors as above.
[[nodiscard]] Status set_object_sddl(const std::filesystem::path& path, const std::string& sddl);

/// Everything below `folder` gets this folder's owner and the rights that come down from it, none of its own.
/// failed_precondition: there is a link, which is named; what came before it is done. resource_exhausted: more than
/// 100,000 files and folders.
[[nodiscard]] Status take_over_contents(const std::filesystem::path& folder, const std::string& owner);

/// Gives `path` the entries that `like` has of its own (none when `like` is empty), and what comes down from the folder
/// that `path` is in: as a file has it that was always there.
[[nodiscard]] Status take_rights_of(const std::filesystem::path& like, const std::filesystem::path& path);

}  // namespace plugbroker::installer
