// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "broker_core/base/result.h"

namespace plugbroker::win {

/// The SID of `NT SERVICE\<name>`, "S-1-5-80-…": SHA-1 of the upper-cased name. Needs no such service.
[[nodiscard]] Result<std::string> service_sid(std::string_view service_name);

/// The SID of the user this process runs as.
[[nodiscard]] Result<std::string> own_user_sid();

/// True when this process runs at high integrity or above, so that it may label objects high.
[[nodiscard]] Result<bool> runs_at_high_integrity();

}  // namespace plugbroker::win
