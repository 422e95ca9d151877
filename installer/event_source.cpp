// SPDX-License-Identifier: Apache-2.0
#include "installer/event_source.h"

#include <windows.h>

#include <string_view>
#include <utility>
#include <vector>

#include "broker_core/win/utf16.h"
#include "broker_core/win/windows_error.h"
#include "service/service_identity.h"

namespace plugbroker::installer {
namespace {

constexpr std::wstring_view sources = LR"(SYSTEM\CurrentControlSet\Services\EventLog\Application\)";

class RegistryKey {
 public:
  RegistryKey() = default;
  ~RegistryKey() {
    if (key_ != nullptr) RegCloseKey(key_);
  }
  RegistryKey(const RegistryKey&) = delete;
  RegistryKey& operator=(const RegistryKey&) = delete;

  [[nodiscard]] HKEY get() const { return key_; }
  [[nodiscard]] HKEY* out() { return &key_; }

 private:
  HKEY key_ = nullptr;
};

std::wstring key_of(const std::wstring& service_name) {
  return std::wstring{sources} + service_name;
}

// A name with a backslash would be a key below another one.
Status check_name(const std::wstring& service_name) {
  if (!service_name.empty() && service_name.find(L'\\') == std::wstring::npos) return {};
  return {StatusCode::invalid_argument, "a service's name has no backslash, and is not empty"};
}

Status registry_error(LSTATUS error, std::string_view call, const std::wstring& key) {
  return error == ERROR_SUCCESS ? Status{}
                                : win::windows_error(static_cast<DWORD>(error), call, std::wstring_view{key});
}

Status set_text(const RegistryKey& key, const std::wstring& name, const std::wstring& value) {
  const auto bytes = static_cast<DWORD>((value.size() + 1) * sizeof(wchar_t));
  return registry_error(
      RegSetValueExW(key.get(), name.c_str(), 0, REG_EXPAND_SZ, reinterpret_cast<const BYTE*>(value.c_str()), bytes),
      "RegSetValueExW", name);
}

Status set_number(const RegistryKey& key, const std::wstring& name, DWORD value) {
  return registry_error(
      RegSetValueExW(key.get(), name.c_str(), 0, REG_DWORD, reinterpret_cast<const BYTE*>(&value), sizeof(value)),
      "RegSetValueExW", name);
}

bool is_ours(const std::wstring& message_file) {
  const std::wstring name = std::filesystem::path{message_file}.filename().native();
  return _wcsicmp(name.c_str(), std::wstring{service::event_message_file}.c_str()) == 0;
}

// Ok when there is no such source.
Status check_not_somebody_elses(const std::wstring& service_name) {
  if (Status status = check_name(service_name); !status.ok()) return status;
  const Result<std::wstring> registered = registered_message_file(service_name);
  if (!registered) return registered.status().code == StatusCode::not_found ? Status{} : registered.status();
  if (is_ours(*registered)) return {};
  return {StatusCode::already_exists, "the event source " + win::to_utf8(service_name) +
                                          " is not ours, it has the message file " + win::to_utf8(*registered)};
}

}  // namespace

std::filesystem::path event_message_file(const std::filesystem::path& program_folder) {
  return program_folder / service::event_message_file;
}

Status register_event_source(const std::wstring& service_name, const std::filesystem::path& message_file) {
  if (Status status = check_not_somebody_elses(service_name); !status.ok()) return status;
  const std::wstring path = key_of(service_name);
  RegistryKey key;
  if (Status status = registry_error(
          RegCreateKeyExW(HKEY_LOCAL_MACHINE, path.c_str(), 0, nullptr, 0, KEY_SET_VALUE, nullptr, key.out(), nullptr),
          "RegCreateKeyExW", path);
      !status.ok()) {
    return status;
  }
  constexpr DWORD types = EVENTLOG_ERROR_TYPE | EVENTLOG_WARNING_TYPE | EVENTLOG_INFORMATION_TYPE;
  for (const wchar_t* name : {L"EventMessageFile", L"CategoryMessageFile"}) {
    if (Status status = set_text(key, name, message_file.native()); !status.ok()) return status;
  }
  if (Status status = set_number(key, L"CategoryCount", service::event_category_count); !status.ok()) return status;
  return set_number(key, L"TypesSupported", types);
}

Result<std::wstring> registered_message_file(const std::wstring& service_name) {
  const std::wstring path = key_of(service_name);
  DWORD bytes = 0;
  constexpr DWORD flags = RRF_RT_REG_SZ | RRF_RT_REG_EXPAND_SZ | RRF_NOEXPAND;
  LSTATUS error = RegGetValueW(HKEY_LOCAL_MACHINE, path.c_str(), L"EventMessageFile", flags, nullptr, nullptr, &bytes);
  std::vector<wchar_t> text(bytes / sizeof(wchar_t) + 1);
  bytes = static_cast<DWORD>(text.size() * sizeof(wchar_t));
  if (error == ERROR_SUCCESS) {
    error = RegGetValueW(HKEY_LOCAL_MACHINE, path.c_str(), L"EventMessageFile", flags, nullptr, text.data(), &bytes);
  }
  if (error == ERROR_FILE_NOT_FOUND) {
    return {StatusCode::not_found, "there is no event source " + win::to_utf8(service_name)};
  }
  if (error != ERROR_SUCCESS) return registry_error(error, "RegGetValueW", path);
  return std::wstring{text.data()};
}

Status remove_event_source(const std::wstring& service_name) {
  if (Status status = check_not_somebody_elses(service_name); !status.ok()) return status;
  const std::wstring path = key_of(service_name);
  const LSTATUS error = RegDeleteKeyW(HKEY_LOCAL_MACHINE, path.c_str());
  return error == ERROR_FILE_NOT_FOUND ? Status{} : registry_error(error, "RegDeleteKeyW", path);
}

}  // namespace plugbroker::installer
