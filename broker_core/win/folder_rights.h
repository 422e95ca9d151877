// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "broker_core/base/status.h"

namespace plugbroker::win {

inline constexpr std::string_view read_rights = "0x1200a9";    ///< Read and execute.
inline constexpr std::string_view modify_rights = "0x1301bf";  ///< Read, write, delete; not change rights.

/// The rights of a folder as SDDL: SYSTEM and Administrators everything, `service_sid` what `service_rights` says,
/// nobody else anything.
[[nodiscard]] std::string folder_rights(std::string_view service_sid, std::string_view service_rights);

/// Makes a folder that has these rights from its first moment, and its parents, if they are missing, as the system
/// makes them. One that exists is left as it is.
[[nodiscard]] Status make_folder_with_rights(const std::filesystem::path& folder, const std::string& rights);

}  // namespace plugbroker::win
