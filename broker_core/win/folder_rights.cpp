// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/folder_rights.h"

#include <windows.h>

#include <system_error>

#include "broker_core/win/security_descriptors.h"
#include "broker_core/win/windows_error.h"

namespace plugbroker::win {

std::string folder_rights(std::string_view service_sid, std::string_view service_rights) {
  return "D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;" + std::string{service_rights} + ";;;" +
         std::string{service_sid} + ")";
}

Status make_folder_with_rights(const std::filesystem::path& folder, const std::string& rights) {
  const Result<SecurityDescriptor> descriptor = SecurityDescriptor::parse(rights);
  if (!descriptor.ok()) return descriptor.status();
  std::error_code ignored;  // What is wrong with the parent shows in the folder.
  std::filesystem::create_directories(folder.parent_path(), ignored);
  SECURITY_ATTRIBUTES security{
      .nLength = sizeof security, .lpSecurityDescriptor = descriptor->get(), .bInheritHandle = FALSE};
  const BOOL made = CreateDirectoryW(folder.c_str(), &security);
  const DWORD error = GetLastError();
  if (made) return {};
  if (error == ERROR_ALREADY_EXISTS && std::filesystem::is_directory(folder, ignored)) return {};
  return windows_error(error, "CreateDirectoryW", std::wstring_view{folder.native()});
}

}  // namespace plugbroker::win
