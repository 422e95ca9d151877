// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "admin_cli/control_command.h"

namespace plugbroker::admin_cli {

/// What a command asks the admin pipe for.
struct AdminCall {
  std::string route;
  std::string request;
};

/// Not for `call`, `help` and `version`.
[[nodiscard]] AdminCall admin_call_of(const ControlCommand& command);

/// What is printed of the answer: for people, or the document as it came. invalid_argument when the answer is no
/// document of ours, not_found when it lacks the pool that the command names.
[[nodiscard]] Result<std::string> shown_answer(const ControlCommand& command, const std::string& document);

}  // namespace plugbroker::admin_cli
