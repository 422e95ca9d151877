// SPDX-License-Identifier: Apache-2.0
#include "installer/windows_setup.h"

#include <windows.h>

#include <filesystem>
#include <fstream>
#include <utility>

#include "broker_core/config/starter_config.h"
#include "broker_core/win/security_descriptors.h"
#include "broker_core/win/service_sid.h"
#include "broker_core/win/utf16.h"
#include "broker_core/win/windows_error.h"
#include "installer/event_source.h"
#include "installer/logon_right.h"
#include "installer/object_security.h"
#include "installer/scm_service_entry.h"
#include "installer/scm_settings.h"

namespace plugbroker::installer {
namespace {

std::filesystem::path native_path(const std::string& text) {
  return std::filesystem::path{win::to_utf16(text)};
}

}  // namespace

WindowsSetup::WindowsSetup(std::wstring service_name, std::optional<std::wstring> password)
    : service_name_(std::move(service_name)), password_(std::move(password)) {
  enable_owner_privileges();
}

Result<std::string> WindowsSetup::folder_sddl(const std::string& path) {
  const DWORD attributes = GetFileAttributesW(native_path(path).c_str());
  if (attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) == 0) {
    return {StatusCode::failed_precondition, path + " is a file where a folder should be; remove it"};
  }
  return object_sddl(native_path(path));
}

Status WindowsSetup::make_folder(const std::string& path, const std::string& sddl) {
  const Result<win::SecurityDescriptor> descriptor = win::SecurityDescriptor::parse(sddl);
  if (!descriptor) return descriptor.status();
  SECURITY_ATTRIBUTES security{
      .nLength = sizeof security, .lpSecurityDescriptor = descriptor->get(), .bInheritHandle = FALSE};
  const BOOL made = CreateDirectoryW(native_path(path).c_str(), &security);
  const DWORD error = GetLastError();
  if (made) return {};
  // Without the privilege to name another owner the folder is made with the list alone, which then reads back so.
  if (win::is_refused_security(error)) {
    const Result<win::SecurityDescriptor> list_only = win::SecurityDescriptor::parse(sddl.substr(sddl.find("D:")));
    if (!list_only) return list_only.status();
    security.lpSecurityDescriptor = list_only->get();
    if (CreateDirectoryW(native_path(path).c_str(), &security)) return {};
  }
  return win::windows_error(error, "CreateDirectoryW", path);
}

Status WindowsSetup::secure_folder(const std::string& path, const std::string& sddl, bool take_over) {
  if (Status status = set_object_sddl(native_path(path), sddl); !status.ok() || !take_over) return status;
  return take_over_contents(native_path(path), "SY");
}

std::vector<std::string> WindowsSetup::trusted_owners() {
  std::vector<std::string> owners{"SY", "BA", std::string{trusted_installer_sid}};
  const Result<std::string> own = win::own_user_sid();
  if (own.ok()) owners.push_back(sddl_trustee(*own));
  return owners;
}

Result<std::string> WindowsSetup::file_sddl(const std::string& path) {
  return object_sddl(native_path(path));
}

Status WindowsSetup::write_starter_config(const std::string& path) {
  std::ofstream stream{native_path(path), std::ios::binary};
  const std::string_view text = config::starter_config();
  stream.write(text.data(), static_cast<std::streamsize>(text.size()));
  stream.close();
  if (!stream) return {StatusCode::failed_precondition, "cannot write the configuration " + path};
  return {};
}

Result<bool> WindowsSetup::has_logon_right(const std::string& account) {
  return has_service_logon_right(win::to_utf16(account));
}

Status WindowsSetup::grant_logon_right(const std::string& account) {
  return grant_service_logon_right(win::to_utf16(account));
}

Status WindowsSetup::read(Setting setting, ServiceSettings& present) {
  const auto service = ScmServiceEntry::open(service_name_, SERVICE_QUERY_CONFIG);
  return service.ok() ? read_setting(*service, setting, present) : service.status();
}

Status WindowsSetup::set(Setting setting, const ServiceSettings& wanted) {
  if (setting == Setting::registration) {
    const auto registered = ScmServiceEntry::create_or_change(service_name_, wanted, password_);
    return registered.ok() ? Status{} : registered.status();
  }
  // Restart actions need the right to start it.
  const auto service = ScmServiceEntry::open(service_name_, SERVICE_CHANGE_CONFIG | SERVICE_START);
  return service.ok() ? write_setting(*service, setting, wanted) : service.status();
}

Result<std::string> WindowsSetup::event_message_file() {
  const Result<std::wstring> file = registered_message_file(service_name_);
  if (!file) return file.status();
  return win::to_utf8(*file);
}

Status WindowsSetup::register_event_source(const std::string& message_file) {
  return installer::register_event_source(service_name_, native_path(message_file));
}

}  // namespace plugbroker::installer
