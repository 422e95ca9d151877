// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/program_path.h"

#include <windows.h>

#include <string_view>

#include "broker_core/win/utf16.h"
#include "broker_core/win/windows_error.h"

namespace plugbroker::win {
namespace {

bool is_absolute(std::wstring_view path) {
  const bool drive = path.size() >= 3 && path[1] == L':' && (path[2] == L'\\' || path[2] == L'/');
  return drive || path.starts_with(L"\\\\");
}

bool ends_with_ignoring_case(std::wstring_view text, std::wstring_view end) {
  if (text.size() < end.size()) return false;
  text.remove_prefix(text.size() - end.size());
  const int length = static_cast<int>(end.size());
  return CompareStringOrdinal(text.data(), length, end.data(), length, TRUE) == CSTR_EQUAL;
}

Result<std::wstring> search(const std::wstring& name, const std::wstring& path_variable) {
  std::wstring found(32768, L'\0');
  const DWORD length = SearchPathW(path_variable.c_str(), name.c_str(), L".exe", static_cast<DWORD>(found.size()),
                                   found.data(), nullptr);
  const DWORD error = GetLastError();
  if (length == 0 || length >= found.size()) return windows_error(error, "SearchPathW", name);
  found.resize(length);
  return found;
}

Result<std::wstring> locate(const std::wstring& program, const std::wstring& working_directory,
                            const std::wstring& path_variable) {
  if (is_absolute(program)) return program;
  if (program.find_first_of(L"\\/:") == std::wstring::npos) return search(program, path_variable);
  if (!is_absolute(working_directory)) {
    return {StatusCode::invalid_argument, "the program " + to_utf8(program) + " is relative, and so is its folder"};
  }
  return working_directory + L"\\" + program;
}

}  // namespace

Result<std::wstring> program_path(const std::wstring& program, const std::wstring& working_directory,
                                  const std::wstring& path_variable) {
  if (program.empty() || program.find(L'"') != std::wstring::npos || program.find(L'\0') != std::wstring::npos) {
    return {StatusCode::invalid_argument, "\"" + to_utf8(program) + "\" can't be the name of a program"};
  }
  auto path = locate(program, working_directory, path_variable);
  if (!path.ok()) return path;
  if (ends_with_ignoring_case(*path, L".bat") || ends_with_ignoring_case(*path, L".cmd")) {
    return {StatusCode::invalid_argument, to_utf8(*path) + " is a batch file; name the program itself"};
  }
  return path;
}

}  // namespace plugbroker::win
