// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/token_information.h"

// Needs windows.h before it.
#include <sddl.h>

#include "broker_core/win/utf16.h"
#include "broker_core/win/windows_error.h"

namespace plugbroker::win {

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

Result<DWORD> token_session(HANDLE token) {
  const auto bytes = token_information(token, TokenSessionId);
  if (!bytes.ok()) return bytes.status();
  if (bytes->size() < sizeof(DWORD)) return {StatusCode::internal, "GetTokenInformation gave no session"};
  return *reinterpret_cast<const DWORD*>(bytes->data());
}

}  // namespace plugbroker::win
