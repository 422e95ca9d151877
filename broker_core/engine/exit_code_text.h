// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace plugbroker::engine {

/// A process's exit code for people: "exit code 3", "exit code 0xE0434352 (unhandled .NET exception)".
[[nodiscard]] std::string exit_code_text(std::uint32_t exit_code);

}  // namespace plugbroker::engine
