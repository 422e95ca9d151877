// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "broker_core/base/result.h"

namespace plugbroker::installer {

/// One line of standard input, without its end, as UTF-8; at a terminal it is asked for and not shown.
/// failed_precondition: there is none, it is empty, longer than 512 bytes or not UTF-8.
[[nodiscard]] Result<std::wstring> read_password();

/// The same of what was read already.
[[nodiscard]] Result<std::wstring> password_in(const std::string& input);

}  // namespace plugbroker::installer
