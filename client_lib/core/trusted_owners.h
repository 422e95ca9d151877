// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "broker_core/base/result.h"

namespace plugbroker::client {

/// The word that stands for the user of this process in a list of trusted owners.
inline constexpr std::string_view current_user_word = "current_user";
inline constexpr std::string_view local_system_sid = "S-1-5-18";
inline constexpr std::size_t max_trusted_owners = 16;

/// The SID of `NT SERVICE\name` in text, computed as Windows does: S-1-5-80 and the SHA-1 of the upper-cased UTF-16
/// name.
///
/// invalid_argument unless the name is 1 to 256 printable ASCII characters without slashes: upper-casing beyond ASCII
/// depends on the Windows version.
[[nodiscard]] Result<std::string> service_sid(std::string_view service_name);

/// Takes apart `S-1-5-…;S-1-5-…;current_user` (empty entries and spaces are passed over, at most max_trusted_owners).
/// invalid_argument when an entry is neither a SID in text nor current_user.
[[nodiscard]] Result<std::vector<std::string>> parse_trusted_owners(std::string_view list);

}  // namespace plugbroker::client
