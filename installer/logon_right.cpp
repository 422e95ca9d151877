// SPDX-License-Identifier: Apache-2.0
#include "installer/logon_right.h"

#include <windows.h>
// Needs windows.h before it.
#include <ntsecapi.h>

#include <array>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "broker_core/win/utf16.h"
#include "broker_core/win/windows_error.h"

namespace plugbroker::installer {
namespace {

constexpr std::wstring_view right_name = L"SeServiceLogonRight";
constexpr NTSTATUS no_rights = static_cast<NTSTATUS>(0xC0000034);  // STATUS_OBJECT_NAME_NOT_FOUND

struct ClosePolicy {
  void operator()(void* policy) const noexcept { LsaClose(policy); }
};
using Policy = std::unique_ptr<std::remove_pointer_t<LSA_HANDLE>, ClosePolicy>;

Status lsa_error(NTSTATUS status, const char* call, const std::wstring& account) {
  return win::windows_error(LsaNtStatusToWinError(status), call, std::wstring_view{account});
}

// A user of this machine may be written ".\name", which a look-up does not know.
std::wstring looked_up_name(const std::wstring& account) {
  if (!account.starts_with(L".\\")) return account;
  std::array<wchar_t, MAX_COMPUTERNAME_LENGTH + 1> machine{};
  DWORD size = static_cast<DWORD>(machine.size());
  if (!GetComputerNameW(machine.data(), &size)) return account.substr(2);
  return std::wstring{machine.data()} + account.substr(1);
}

Result<std::vector<std::byte>> sid_of(const std::wstring& account) {
  const std::wstring name = looked_up_name(account);
  std::vector<std::byte> sid(SECURITY_MAX_SID_SIZE);
  std::array<wchar_t, 256> domain{};
  DWORD sid_size = static_cast<DWORD>(sid.size());
  DWORD domain_size = static_cast<DWORD>(domain.size());
  SID_NAME_USE use{};
  const BOOL done = LookupAccountNameW(nullptr, name.c_str(), sid.data(), &sid_size, domain.data(), &domain_size, &use);
  const DWORD error = GetLastError();
  if (!done) return win::windows_error(error, "LookupAccountNameW", std::wstring_view{account});
  return sid;
}

Result<Policy> open_policy(ACCESS_MASK access, const std::wstring& account) {
  LSA_OBJECT_ATTRIBUTES attributes{};
  LSA_HANDLE opened = nullptr;
  const NTSTATUS status = LsaOpenPolicy(nullptr, &attributes, access, &opened);
  if (status != 0) return lsa_error(status, "LsaOpenPolicy", account);
  return Policy{opened};
}

}  // namespace

Result<bool> has_service_logon_right(const std::wstring& account) {
  auto sid = sid_of(account);
  if (!sid) return sid.status();
  const auto policy = open_policy(POLICY_LOOKUP_NAMES, account);
  if (!policy) return policy.status();
  LSA_UNICODE_STRING* rights = nullptr;
  ULONG count = 0;
  const NTSTATUS status = LsaEnumerateAccountRights(policy->get(), sid->data(), &rights, &count);
  if (status == no_rights) return false;
  if (status != 0) return lsa_error(status, "LsaEnumerateAccountRights", account);
  bool found = false;
  for (ULONG i = 0; i < count; ++i) {
    found = found || std::wstring_view{rights[i].Buffer, rights[i].Length / sizeof(wchar_t)} == right_name;
  }
  LsaFreeMemory(rights);
  return found;
}

Status grant_service_logon_right(const std::wstring& account) {
  auto sid = sid_of(account);
  if (!sid) return sid.status();
  const auto policy = open_policy(POLICY_LOOKUP_NAMES | POLICY_CREATE_ACCOUNT, account);
  if (!policy) return policy.status();
  std::wstring name{right_name};
  LSA_UNICODE_STRING right{.Length = static_cast<USHORT>(name.size() * sizeof(wchar_t)),
                           .MaximumLength = static_cast<USHORT>((name.size() + 1) * sizeof(wchar_t)),
                           .Buffer = name.data()};
  const NTSTATUS status = LsaAddAccountRights(policy->get(), sid->data(), &right, 1);
  return status == 0 ? Status{} : lsa_error(status, "LsaAddAccountRights", account);
}

}  // namespace plugbroker::installer
