// SPDX-License-Identifier: Apache-2.0
#include "installer/data_folder_setup.h"

#include <windows.h>

#include <aclapi.h>

#include <array>
#include <fstream>
#include <system_error>
#include <utility>

#include "broker_core/config/starter_config.h"
#include "broker_core/win/folder_rights.h"
#include "broker_core/win/security_descriptors.h"
#include "broker_core/win/utf16.h"
#include "broker_core/win/windows_error.h"
#include "service/service_identity.h"

namespace plugbroker::installer {
namespace {

std::string shown(const std::filesystem::path& path) {
  return win::to_utf8(path.native());
}

Status protect(const std::filesystem::path& folder, const std::string& rights) {
  const Result<win::SecurityDescriptor> descriptor = win::SecurityDescriptor::parse(rights);
  if (!descriptor) return descriptor.status();
  BOOL present = FALSE;
  BOOL defaulted = FALSE;
  ACL* list = nullptr;
  GetSecurityDescriptorDacl(descriptor->get(), &present, &list, &defaulted);
  std::wstring name = folder.native();
  const DWORD error = SetNamedSecurityInfoW(name.data(), SE_FILE_OBJECT,
                                            DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION, nullptr,
                                            nullptr, list, nullptr);
  return error == ERROR_SUCCESS ? Status{}
                                : win::windows_error(error, "SetNamedSecurityInfoW", std::wstring_view{name});
}

Result<std::string> make_folder(const std::filesystem::path& folder, const std::string& rights) {
  std::error_code error;
  const bool made = std::filesystem::create_directory(folder, error);
  if (error)
    return {StatusCode::failed_precondition, "cannot make the folder " + shown(folder) + ": " + error.message()};
  if (!made) return "the folder " + shown(folder) + " was there; its rights are left as they are";
  const Status status = protect(folder, rights);
  if (!status.ok()) return "made the folder " + shown(folder) + "; rights NOT set: " + status.message;
  return "made the folder " + shown(folder);
}

}  // namespace

Result<Steps> make_data_folders(const std::filesystem::path& data_folder, std::string_view service_sid) {
  const std::array<std::pair<std::filesystem::path, std::string_view>, 6> folders{
      {{data_folder, win::read_rights},
       {data_folder / service::log_folder, win::modify_rights},
       {data_folder / service::lock_folder, win::modify_rights},
       {data_folder / service::evidence_folder, win::modify_rights},
       {data_folder / service::shadow_folder, win::modify_rights},
       {data_folder / service::sandbox_folder, win::modify_rights}}};
  Steps steps;
  for (const auto& [folder, rights] : folders) {
    Result<std::string> step = make_folder(folder, win::folder_rights(service_sid, rights));
    if (!step) return step.status();
    steps.push_back(std::move(*step));
  }
  return steps;
}

Result<Steps> make_config_file(const std::filesystem::path& file) {
  std::error_code error;
  if (std::filesystem::exists(file, error)) return Steps{"the configuration " + shown(file) + " was there"};
  std::ofstream stream{file, std::ios::binary};
  const std::string_view text = config::starter_config();
  stream.write(text.data(), static_cast<std::streamsize>(text.size()));
  stream.close();
  if (!stream) return {StatusCode::failed_precondition, "cannot write the configuration " + shown(file)};
  return Steps{"wrote a first configuration, " + shown(file) + ": name your workers there before the first start"};
}

}  // namespace plugbroker::installer
