// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "installer/plan/setup_plan.h"

namespace plugbroker::installer {

/// One word of a line of a .cmd file: in quotation marks for the program that gets it, and so that cmd.exe itself reads
/// nothing into it.
[[nodiscard]] std::string script_word(std::string_view word);

/// The lines of a .cmd file, to be run elevated, that do what the plan does: sc, icacls, mkdir, reg. What no command
/// line can do is a line that begins with "rem".
[[nodiscard]] std::vector<std::string> setup_script(const SetupPlan& plan);

[[nodiscard]] std::vector<std::string> start_script(std::string_view service_name);
[[nodiscard]] std::vector<std::string> stop_script(std::string_view service_name);
[[nodiscard]] std::vector<std::string> status_script(std::string_view service_name);
/// `purged_folder`: empty for none.
[[nodiscard]] std::vector<std::string> uninstall_script(std::string_view service_name, std::string_view purged_folder);
[[nodiscard]] std::vector<std::string> doctor_script(std::string_view service_name, std::string_view service_program,
                                                     std::string_view config, std::string_view data_folder);
[[nodiscard]] std::vector<std::string> upgrade_script(std::string_view service_name, std::string_view from,
                                                      std::string_view installed);

}  // namespace plugbroker::installer
