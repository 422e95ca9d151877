// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace plugbroker::admin_cli {

/// This process's arguments in UTF-8, without the program.
[[nodiscard]] std::vector<std::string> program_arguments();

/// The first thing in main(): hardens the process (broker_core/win/program_hardening.h), makes standard input and output
/// binary, so that payloads pass unchanged, and the console show UTF-8.
void prepare_process();

}  // namespace plugbroker::admin_cli
