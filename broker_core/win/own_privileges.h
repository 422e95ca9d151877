// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <string>
#include <vector>

#include "broker_core/base/result.h"

namespace plugbroker::win {

/// The number that SeChangeNotify has on this system.
[[nodiscard]] Result<LUID> kept_privilege_id();

[[nodiscard]] constexpr bool same_luid(const LUID& one, const LUID& other) noexcept {
  return one.LowPart == other.LowPart && one.HighPart == other.HighPart;
}

/// Removes every privilege but SeChangeNotify from a token (TOKEN_QUERY and TOKEN_ADJUST_PRIVILEGES), for good: nobody
/// can switch them on again. Returns those that the token holds besides all the same, read back from it; none is good.
[[nodiscard]] Result<std::vector<std::string>> drop_privileges(HANDLE token);

/// The same for this process. What it starts gets no more than it has.
[[nodiscard]] Result<std::vector<std::string>> drop_own_privileges();

}  // namespace plugbroker::win
