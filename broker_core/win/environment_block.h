// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "broker_core/base/result.h"

namespace plugbroker::win {

/// Variables' names are the same when they differ in case only.
struct IgnoringCase {
  [[nodiscard]] bool operator()(const std::wstring& left, const std::wstring& right) const noexcept;
};

/// In the order that CreateProcess wants.
using Environment = std::map<std::wstring, std::wstring, IgnoringCase>;

/// What a fresh process of this account has; this process's own environment where the system can't tell.
[[nodiscard]] Environment account_environment();

/// Reads a block as GetEnvironmentStringsW gives it: `name=value` texts, each ended by a zero, ended by an empty one.
[[nodiscard]] Environment parse_environment_block(const wchar_t* block);

/// Sets or replaces one variable; invalid_argument for a name that is empty or has '=' in it, or a zero in either.
[[nodiscard]] Status set_variable(Environment& environment, const std::wstring& name, const std::wstring& value);

/// For CreateProcess with CREATE_UNICODE_ENVIRONMENT, closing zeros included.
[[nodiscard]] std::wstring environment_block(const Environment& environment);

}  // namespace plugbroker::win
