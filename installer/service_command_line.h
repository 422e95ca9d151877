// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "broker_core/base/status.h"

namespace plugbroker::installer {

/// What the SCM shall start: program and configuration quoted as far as they need it, so that a path with spaces is one
/// path. The service's name is in it only when it is not the default.
[[nodiscard]] std::wstring service_command_line(const std::filesystem::path& program,
                                                const std::filesystem::path& config_path,
                                                const std::wstring& service_name);

/// Not ok when the SCM would not start what is written there: it puts a variable's value in place of its name between
/// two percent signs, and knows no way to write a percent sign as such.
[[nodiscard]] Status check_no_variable(const std::wstring& command_line);

}  // namespace plugbroker::installer
