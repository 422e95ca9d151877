// SPDX-License-Identifier: Apache-2.0
#include "client_lib/win/server_owner.h"

#include <aclapi.h>
#include <sddl.h>

#include <algorithm>

#include "client_lib/core/trusted_owners.h"
#include "client_lib/win/text.h"
#include "client_lib/win/unique_handle.h"

namespace plugbroker::client {

namespace {

constexpr const wchar_t* environment_name = L"PLUGBROKER_TRUSTED_OWNERS";
constexpr std::size_t longest_environment_value = 4096;

/// Owns what Windows allocated by LocalAlloc.
class LocalMemory {
 public:
  LocalMemory() noexcept = default;
  LocalMemory(const LocalMemory&) = delete;
  LocalMemory& operator=(const LocalMemory&) = delete;
  ~LocalMemory() { LocalFree(memory_); }

  void*& put() noexcept { return memory_; }
  [[nodiscard]] void* get() const noexcept { return memory_; }

 private:
  void* memory_ = nullptr;
};

Result<std::string> sid_to_text(PSID sid) {
  LPWSTR text = nullptr;
  if (ConvertSidToStringSidW(sid, &text) == 0) {
    const DWORD error = GetLastError();
    return {StatusCode::internal, windows_error("ConvertSidToStringSid", error)};
  }
  LocalMemory owned;
  owned.put() = text;
  return to_utf8(text);
}

/// The SID as Windows spells it.
Result<std::string> normalised_sid(const std::string& text) {
  const auto wide = to_utf16(text);
  if (!wide.ok()) return wide.status();
  LocalMemory sid;
  if (ConvertStringSidToSidW(wide->c_str(), &sid.put()) == 0) {
    return {StatusCode::invalid_argument, "trusted owner '" + text + "' is no SID"};
  }
  return sid_to_text(sid.get());
}

Result<std::string> current_user_sid() {
  HANDLE opened = nullptr;
  if (OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &opened) == 0) {
    const DWORD error = GetLastError();
    return {StatusCode::internal, windows_error("OpenProcessToken", error)};
  }
  const UniqueHandle token(opened);
  alignas(TOKEN_USER) std::byte buffer[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
  DWORD used = 0;
  if (GetTokenInformation(token.get(), TokenUser, buffer, sizeof buffer, &used) == 0) {
    const DWORD error = GetLastError();
    return {StatusCode::internal, windows_error("GetTokenInformation", error)};
  }
  return sid_to_text(reinterpret_cast<const TOKEN_USER*>(buffer)->User.Sid);
}

Result<std::string> environment_value() {
  std::wstring value(longest_environment_value, L'\0');
  const DWORD length = GetEnvironmentVariableW(environment_name, value.data(), static_cast<DWORD>(value.size()));
  if (length >= value.size()) return {StatusCode::invalid_argument, "PLUGBROKER_TRUSTED_OWNERS is too long"};
  return to_utf8(std::wstring_view{value}.substr(0, length));
}

bool contains(const std::vector<std::string>& list, std::string_view entry) noexcept {
  return std::find(list.begin(), list.end(), entry) != list.end();
}

}  // namespace

Status add_further_owners(std::string_view list, TrustedOwners& owners) {
  const auto entries = parse_trusted_owners(list);
  if (!entries.ok()) return entries.status();
  for (const std::string& entry : *entries) {
    auto sid = entry == current_user_word ? current_user_sid() : normalised_sid(entry);
    if (!sid.ok()) return sid.status();
    owners.further.push_back(std::move(sid).value());
  }
  return {};
}

Result<TrustedOwners> trusted_owners(std::string_view service_name, std::string_view option) {
  auto service = service_sid(service_name);
  if (!service.ok()) return service.status();
  TrustedOwners owners;
  owners.built_in = {std::move(service).value(), std::string{local_system_sid}};
  if (auto status = add_further_owners(option, owners); !status.ok()) return status;
  const auto environment = environment_value();
  if (!environment.ok()) return environment.status();
  if (auto status = add_further_owners(*environment, owners); !status.ok()) {
    return {status.code, "PLUGBROKER_TRUSTED_OWNERS: " + status.message};
  }
  return owners;
}

Result<std::string> owner_of(HANDLE pipe) {
  PSID owner = nullptr;
  LocalMemory descriptor;
  const DWORD error = GetSecurityInfo(pipe, SE_KERNEL_OBJECT, OWNER_SECURITY_INFORMATION, &owner, nullptr, nullptr,
                                      nullptr, &descriptor.put());
  if (error != ERROR_SUCCESS) return {StatusCode::permission_denied, windows_error("GetSecurityInfo", error)};
  if (owner == nullptr) return {StatusCode::permission_denied, "the pipe has no owner"};
  return sid_to_text(owner);
}

OwnerTrust trust_in(std::string_view owner, const TrustedOwners& owners) noexcept {
  if (contains(owners.built_in, owner)) return OwnerTrust::trusted;
  return contains(owners.further, owner) ? OwnerTrust::trusted_by_option : OwnerTrust::not_trusted;
}

}  // namespace plugbroker::client
