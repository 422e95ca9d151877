// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace plugbroker::installer {

enum class AccountKind : std::uint8_t {
  local_system,
  built_in,         ///< NT AUTHORITY\LocalService and its like.
  virtual_account,  ///< NT SERVICE\name
  managed,          ///< Group managed, DOMAIN\name$: the domain keeps its password.
  user,             ///< Has a password that has to be given.
};

/// By the form of the name alone.
[[nodiscard]] AccountKind account_kind(std::string_view account);

/// True when the two name the same account: without regard to case, and LocalSystem in each of its spellings.
[[nodiscard]] bool same_account(std::string_view one, std::string_view other);

/// True when the account has to be given the right to log on as a service: the system's own have it.
[[nodiscard]] bool needs_logon_right(std::string_view account);

}  // namespace plugbroker::installer
