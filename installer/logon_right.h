// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "broker_core/base/result.h"

namespace plugbroker::installer {

/// Whether the account has "Log on as a service" itself; what it has by a group does not count.
[[nodiscard]] Result<bool> has_service_logon_right(const std::wstring& account);

[[nodiscard]] Status grant_service_logon_right(const std::wstring& account);

}  // namespace plugbroker::installer
