// SPDX-License-Identifier: Apache-2.0
#include "installer/plan/account.h"

#include <algorithm>

namespace plugbroker::installer {
namespace {

std::string upper_case(std::string_view text) {
  std::string upper{text};
  std::ranges::transform(upper, upper.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return upper;
}

}  // namespace

AccountKind account_kind(std::string_view account) {
  const std::string upper = upper_case(account);
  if (upper == "LOCALSYSTEM" || upper == ".\\LOCALSYSTEM" || upper == "NT AUTHORITY\\SYSTEM") {
    return AccountKind::local_system;
  }
  if (upper.starts_with("NT SERVICE\\")) return AccountKind::virtual_account;
  if (upper.starts_with("NT AUTHORITY\\")) return AccountKind::built_in;
  return upper.ends_with('$') ? AccountKind::managed : AccountKind::user;
}

bool same_account(std::string_view one, std::string_view other) {
  const bool both_system =
      account_kind(one) == AccountKind::local_system && account_kind(other) == AccountKind::local_system;
  return both_system || upper_case(one) == upper_case(other);
}

bool needs_logon_right(std::string_view account) {
  const AccountKind kind = account_kind(account);
  return kind == AccountKind::managed || kind == AccountKind::user;
}

}  // namespace plugbroker::installer
