// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/harness/own_account.h"

#include <windows.h>

#include <sddl.h>

#include <array>
#include <cstddef>

#include "tests/integration/harness/windows_handle.h"

namespace plugbroker::harness {

std::string own_sid() {
  HANDLE opened = nullptr;
  if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &opened)) throw_last_error("OpenProcessToken");
  const WindowsHandle token(opened);
  std::array<std::byte, 256> user{};
  DWORD size = 0;
  if (!GetTokenInformation(opened, TokenUser, user.data(), static_cast<DWORD>(user.size()), &size)) {
    throw_last_error("GetTokenInformation");
  }
  char* text = nullptr;
  if (!ConvertSidToStringSidA(reinterpret_cast<const TOKEN_USER*>(user.data())->User.Sid, &text)) {
    throw_last_error("ConvertSidToStringSid");
  }
  std::string sid = text;
  LocalFree(text);
  return sid;
}

}  // namespace plugbroker::harness
