// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace plugbroker::win {

/// This process's arguments in UTF-8, without the program.
[[nodiscard]] std::vector<std::string> program_arguments();

}  // namespace plugbroker::win
