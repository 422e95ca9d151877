// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/lock_file.h"

#include <windows.h>

#include "broker_core/win/utf16.h"
#include "broker_core/win/windows_error.h"

namespace plugbroker::win {

Result<LockFile> LockFile::acquire(const std::wstring& path) {
  UniqueHandle file(CreateFileW(path.c_str(), GENERIC_READ | GENERIC_WRITE | DELETE, 0, nullptr, OPEN_ALWAYS,
                                FILE_ATTRIBUTE_HIDDEN | FILE_FLAG_DELETE_ON_CLOSE, nullptr));
  const DWORD error = GetLastError();
  if (file) return LockFile(std::move(file));
  if (error == ERROR_SHARING_VIOLATION) {
    return {StatusCode::already_exists,
            "another PlugBroker is running with the same names (it holds " + to_utf8(path) + ")"};
  }
  return windows_error(error, "CreateFileW", path);
}

std::wstring lock_file_name(const std::wstring& pipe_name) {
  std::wstring name = pipe_name.substr(pipe_name.find_last_of(L'\\') + 1);
  const int length = static_cast<int>(name.size());
  LCMapStringEx(LOCALE_NAME_INVARIANT, LCMAP_LOWERCASE, name.data(), length, name.data(), length, nullptr, nullptr, 0);
  for (wchar_t& c : name) {
    if (std::wstring_view(L"<>:\"/|?*").find(c) != std::wstring_view::npos || c < L' ') c = L'_';
  }
  return name + L".lock";
}

}  // namespace plugbroker::win
