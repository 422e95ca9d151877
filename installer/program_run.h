// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "broker_core/base/result.h"

namespace plugbroker::installer {

struct ProgramEnd {
  std::uint32_t exit_code = 0;
  std::string output;  ///< The last 4 KiB of standard output and error together.
};

/// Runs a program by its full path, without a window, in its own folder, and waits for its end; ends it after 30 s
/// (deadline_exceeded).
[[nodiscard]] Result<ProgramEnd> run_program(const std::filesystem::path& program,
                                             const std::vector<std::wstring>& arguments);

}  // namespace plugbroker::installer
