// SPDX-License-Identifier: Apache-2.0
#include <windows.h>
// Needs windows.h before it.
#include <sddl.h>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

std::string token_sentence();

namespace {

std::vector<std::byte> information(HANDLE token, TOKEN_INFORMATION_CLASS what) {
  std::vector<std::byte> bytes(64 * 1024);
  DWORD size = 0;
  if (!GetTokenInformation(token, what, bytes.data(), static_cast<DWORD>(bytes.size()), &size)) bytes.clear();
  return bytes;
}

bool is(PSID sid, const char* text) {
  char* found = nullptr;
  ConvertSidToStringSidA(sid, &found);
  const bool same = std::string(found) == text;
  LocalFree(found);
  return same;
}

}  // namespace

/// "1 privilege, Administrators deny, integrity 8192." Seen from inside.
std::string token_sentence() {
  HANDLE token = nullptr;
  if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token)) return "no token.";
  const auto privileges = information(token, TokenPrivileges);
  const auto groups = information(token, TokenGroups);
  const auto label = information(token, TokenIntegrityLevel);
  CloseHandle(token);
  if (privileges.empty() || groups.empty() || label.empty()) return "no information.";
  const DWORD count = reinterpret_cast<const TOKEN_PRIVILEGES*>(privileges.data())->PrivilegeCount;
  std::string administrators = "absent";
  const auto* list = reinterpret_cast<const TOKEN_GROUPS*>(groups.data());
  for (const SID_AND_ATTRIBUTES& group : std::span(list->Groups, list->GroupCount)) {
    if (!is(group.Sid, "S-1-5-32-544")) continue;
    administrators = (group.Attributes & SE_GROUP_USE_FOR_DENY_ONLY) != 0 ? "deny" : "allow";
  }
  PSID level = reinterpret_cast<const TOKEN_MANDATORY_LABEL*>(label.data())->Label.Sid;
  return std::to_string(count) + (count == 1 ? " privilege" : " privileges") + ", Administrators " + administrators +
         ", integrity " + std::to_string(*GetSidSubAuthority(level, 0)) + ".";
}
