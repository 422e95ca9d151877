// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/own_privileges.h"

#include <span>

#include "broker_core/runtime/worker_token.h"
#include "broker_core/win/token_information.h"
#include "broker_core/win/windows_error.h"

namespace plugbroker::win {

Result<LUID> kept_privilege_id() {
  LUID kept{};
  const BOOL known = LookupPrivilegeValueW(nullptr, SE_CHANGE_NOTIFY_NAME, &kept);
  const DWORD error = GetLastError();
  if (!known) return windows_error(error, "LookupPrivilegeValueW", runtime::kept_privilege);
  return kept;
}

Result<std::vector<std::string>> drop_privileges(HANDLE token) {
  auto bytes = token_information(token, TokenPrivileges);
  if (!bytes.ok()) return bytes.status();
  const auto kept = kept_privilege_id();
  if (!kept.ok()) return kept.status();
  auto* held = reinterpret_cast<TOKEN_PRIVILEGES*>(bytes->data());
  for (LUID_AND_ATTRIBUTES& privilege : std::span(held->Privileges, held->PrivilegeCount)) {
    privilege.Attributes = same_luid(privilege.Luid, *kept) ? DWORD{SE_PRIVILEGE_ENABLED} : DWORD{SE_PRIVILEGE_REMOVED};
  }
  const BOOL done = AdjustTokenPrivileges(token, FALSE, held, 0, nullptr, nullptr);
  const DWORD error = GetLastError();
  if (!done) return windows_error(error, "AdjustTokenPrivileges", std::string_view{});
  const auto left = token_privileges(token);
  if (!left.ok()) return left.status();
  return runtime::privileges_beside_the_kept_one(*left);
}

Result<std::vector<std::string>> drop_own_privileges() {
  const auto token = open_own_token(TOKEN_QUERY | TOKEN_ADJUST_PRIVILEGES);
  if (!token.ok()) return token.status();
  return drop_privileges(token->get());
}

}  // namespace plugbroker::win
