// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/token_information.h"

// Needs windows.h before it.
#include <sddl.h>

#include <array>
#include <span>
#include <utility>

#include "broker_core/win/utf16.h"
#include "broker_core/win/windows_error.h"

namespace plugbroker::win {
namespace {

std::span<const SID_AND_ATTRIBUTES> groups_of(const std::vector<std::byte>& bytes) {
  if (bytes.size() < sizeof(DWORD)) return {};  // Some systems give no bytes for no groups.
  const auto* groups = reinterpret_cast<const TOKEN_GROUPS*>(bytes.data());
  return {groups->Groups, groups->GroupCount};
}

Status add_groups(HANDLE token, runtime::TokenFacts& facts) {
  const auto bytes = token_information(token, TokenGroups);
  if (!bytes.ok()) return bytes.status();
  for (const SID_AND_ATTRIBUTES& group : groups_of(*bytes)) {
    const auto sid = sid_text(group.Sid);
    if (!sid.ok()) return sid.status();
    if ((group.Attributes & SE_GROUP_LOGON_ID) == SE_GROUP_LOGON_ID) facts.logon_sid = *sid;
    const bool allows = (group.Attributes & SE_GROUP_USE_FOR_DENY_ONLY) == 0;
    if (*sid == runtime::administrators_sid && allows) facts.administrators_allow = true;
  }
  return {};
}

std::optional<std::vector<std::string>> restricting_sids(HANDLE token) {
  const auto bytes = token_information(token, TokenRestrictedSids);
  if (!bytes.ok()) return std::nullopt;
  std::vector<std::string> sids;
  for (const SID_AND_ATTRIBUTES& group : groups_of(*bytes)) {
    auto sid = sid_text(group.Sid);
    if (!sid.ok()) return std::nullopt;
    sids.push_back(std::move(sid).value());
  }
  return sids;
}

std::string privilege_name(LUID privilege) {
  std::array<wchar_t, 128> name{};
  auto size = static_cast<DWORD>(name.size());
  if (LookupPrivilegeNameW(nullptr, &privilege, name.data(), &size)) return to_utf8(name.data());
  return "privilege " + std::to_string(privilege.LowPart);
}

}  // namespace

Result<UniqueHandle> open_own_token(DWORD access) {
  HANDLE opened = nullptr;
  const BOOL done = OpenProcessToken(GetCurrentProcess(), access, &opened);
  const DWORD error = GetLastError();
  if (!done) return windows_error(error, "OpenProcessToken", "of this process");
  return UniqueHandle(opened);
}

Result<std::vector<std::byte>> token_information(HANDLE token, TOKEN_INFORMATION_CLASS what) {
  DWORD needed = 0;
  GetTokenInformation(token, what, nullptr, 0, &needed);
  std::vector<std::byte> bytes(needed);
  const BOOL done = GetTokenInformation(token, what, bytes.data(), needed, &needed);
  const DWORD error = GetLastError();
  if (!done) return windows_error(error, "GetTokenInformation", "class " + std::to_string(what));
  return bytes;
}

Result<std::string> sid_text(PSID sid) {
  wchar_t* text = nullptr;
  const BOOL done = ConvertSidToStringSidW(sid, &text);
  const DWORD error = GetLastError();
  if (!done) return windows_error(error, "ConvertSidToStringSidW", std::string_view{});
  std::string converted = to_utf8(text);
  LocalFree(text);
  return converted;
}

Result<LocalMemory> parse_sid(const std::string& text) {
  PSID sid = nullptr;
  const BOOL done = ConvertStringSidToSidW(to_utf16(text).c_str(), &sid);
  const DWORD error = GetLastError();
  if (!done) return windows_error(error, "ConvertStringSidToSidW", text);
  return LocalMemory(sid);
}

Result<std::string> token_user_sid(HANDLE token) {
  const auto bytes = token_information(token, TokenUser);
  if (!bytes.ok()) return bytes.status();
  return sid_text(reinterpret_cast<const TOKEN_USER*>(bytes->data())->User.Sid);
}

Result<DWORD> token_integrity(HANDLE token) {
  const auto bytes = token_information(token, TokenIntegrityLevel);
  if (!bytes.ok()) return bytes.status();
  PSID sid = reinterpret_cast<const TOKEN_MANDATORY_LABEL*>(bytes->data())->Label.Sid;
  return *GetSidSubAuthority(sid, static_cast<DWORD>(*GetSidSubAuthorityCount(sid) - 1));
}

Result<std::vector<std::string>> token_privileges(HANDLE token) {
  const auto bytes = token_information(token, TokenPrivileges);
  if (!bytes.ok()) return bytes.status();
  const auto* held = reinterpret_cast<const TOKEN_PRIVILEGES*>(bytes->data());
  std::vector<std::string> names;
  for (const LUID_AND_ATTRIBUTES& privilege : std::span(held->Privileges, held->PrivilegeCount)) {
    names.push_back(privilege_name(privilege.Luid));
  }
  return names;
}

Result<runtime::TokenFacts> token_facts(HANDLE token) {
  auto user = token_user_sid(token);
  if (!user.ok()) return user.status();
  auto privileges = token_privileges(token);
  if (!privileges.ok()) return privileges.status();
  const auto integrity = token_integrity(token);
  if (!integrity.ok()) return integrity.status();
  runtime::TokenFacts facts{.user = std::move(user).value(),
                            .logon_sid = {},
                            .privileges = std::move(privileges).value(),
                            .administrators_allow = false,
                            .integrity = *integrity,
                            .restricting_sids = restricting_sids(token)};
  if (Status status = add_groups(token, facts); !status.ok()) return status;
  return facts;
}

Result<DWORD> token_session(HANDLE token) {
  const auto bytes = token_information(token, TokenSessionId);
  if (!bytes.ok()) return bytes.status();
  if (bytes->size() < sizeof(DWORD)) return {StatusCode::internal, "GetTokenInformation gave no session"};
  return *reinterpret_cast<const DWORD*>(bytes->data());
}

}  // namespace plugbroker::win
