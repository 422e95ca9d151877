// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/environment_block.h"

#include <windows.h>
// Needs windows.h before it.
#include <userenv.h>

#include <cwchar>
#include <string_view>

#include "broker_core/win/token_information.h"
#include "broker_core/win/utf16.h"

namespace plugbroker::win {
namespace {

Environment own_environment() {
  wchar_t* block = GetEnvironmentStringsW();
  Environment environment = parse_environment_block(block);
  FreeEnvironmentStringsW(block);
  return environment;
}

}  // namespace

bool IgnoringCase::operator()(const std::wstring& left, const std::wstring& right) const noexcept {
  return CompareStringOrdinal(left.data(), static_cast<int>(left.size()), right.data(), static_cast<int>(right.size()),
                              TRUE) == CSTR_LESS_THAN;
}

Environment parse_environment_block(const wchar_t* block) {
  Environment environment;
  for (const wchar_t* entry = block; *entry != L'\0'; entry += std::wcslen(entry) + 1) {
    const std::wstring_view text(entry);
    // Names such as "=C:" (the current folder of a drive) begin with the sign that otherwise ends a name.
    const std::size_t sign = text.find(L'=', 1);
    if (sign == std::wstring_view::npos) continue;
    environment.insert_or_assign(std::wstring(text.substr(0, sign)), std::wstring(text.substr(sign + 1)));
  }
  return environment;
}

Environment account_environment() {
  const auto token = open_own_token(TOKEN_QUERY | TOKEN_DUPLICATE | TOKEN_IMPERSONATE);
  void* block = nullptr;
  if (!token.ok() || !CreateEnvironmentBlock(&block, token->get(), FALSE)) return own_environment();
  Environment environment = parse_environment_block(static_cast<const wchar_t*>(block));
  DestroyEnvironmentBlock(block);
  return environment;
}

Status set_variable(Environment& environment, const std::wstring& name, const std::wstring& value) {
  if (name.empty() || name.find(L'=') != std::wstring::npos || name.find(L'\0') != std::wstring::npos ||
      value.find(L'\0') != std::wstring::npos) {
    return {StatusCode::invalid_argument, "\"" + to_utf8(name) + "\" can't be an environment variable"};
  }
  environment.insert_or_assign(name, value);
  return {};
}

std::wstring environment_block(const Environment& environment) {
  std::wstring block;
  for (const auto& [name, value] : environment) block.append(name).append(1, L'=').append(value).append(1, L'\0');
  if (block.empty()) block.append(1, L'\0');
  block.append(1, L'\0');
  return block;
}

}  // namespace plugbroker::win
