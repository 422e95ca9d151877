// SPDX-License-Identifier: Apache-2.0
#include "installer/service_command_line.h"

#include <vector>

#include "broker_core/win/command_line.h"
#include "broker_core/win/utf16.h"
#include "service/service_identity.h"

namespace plugbroker::installer {

std::wstring service_command_line(const std::filesystem::path& program, const std::filesystem::path& config_path,
                                  const std::wstring& service_name) {
  std::vector<std::wstring> arguments{program.native(), L"run", L"--config", config_path.native()};
  if (service_name != service::default_service_name) {
    arguments.insert(arguments.end(), {L"--service-name", service_name});
  }
  return win::command_line(arguments);
}

Status check_no_variable(const std::wstring& command_line) {
  const std::size_t first = command_line.find(L'%');
  if (first == std::wstring::npos || command_line.find(L'%', first + 1) == std::wstring::npos) return {};
  return {StatusCode::invalid_argument,
          "a service can't be started by a path with two percent signs, between which "
          "Windows reads the name of a variable: " +
              win::to_utf8(command_line)};
}

}  // namespace plugbroker::installer
