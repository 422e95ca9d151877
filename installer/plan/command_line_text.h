// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "broker_core/base/status.h"

namespace plugbroker::installer {

/// One argument in quotation marks, as CommandLineToArgvW and the C runtime read it back.
[[nodiscard]] std::string quoted_argument(std::string_view argument);

/// What the SCM shall start: program and configuration always in quotation marks, so that a path with spaces is one
/// path. The service's name is in it only when it is not `default_name`. UTF-8, like everything here.
[[nodiscard]] std::string service_command_line(std::string_view program, std::string_view config_path,
                                               std::string_view service_name, std::string_view default_name);

/// Not ok when the SCM would not start what is written there: it puts a variable's value in place of its name between
/// two percent signs, and knows no way to write a percent sign as such.
[[nodiscard]] Status check_no_variable(std::string_view command_line);

/// A service's command line, taken apart.
struct CommandLineParts {
  std::string program;
  /// False when Windows could start another program: C:\Program.exe for C:\Program Files\x.exe without quotation marks.
  bool program_is_certain = true;
  std::vector<std::string> arguments;
};

/// A program without quotation marks ends behind its ".exe", if it has one, also when there are spaces before.
[[nodiscard]] CommandLineParts split_command_line(std::string_view command_line);

/// The values of `option` ("--config") among the arguments, in their order, also those given as "--config=VALUE".
[[nodiscard]] std::vector<std::string> option_values(const std::vector<std::string>& arguments, std::string_view option);

}  // namespace plugbroker::installer
