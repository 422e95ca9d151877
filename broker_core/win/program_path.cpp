// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/program_path.h"

#include <windows.h>

#include <string_view>

#include "broker_core/win/utf16.h"

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

}  // namespace

Result<std::wstring> program_path(const std::wstring& program) {
  if (program.empty() || program.find(L'"') != std::wstring::npos || program.find(L'\0') != std::wstring::npos) {
    return {StatusCode::invalid_argument, "\"" + to_utf8(program) + "\" can't be the name of a program"};
  }
  if (!is_absolute(program)) {
    return {StatusCode::invalid_argument, "the program " + to_utf8(program) + " is not named by an absolute path"};
  }
  if (ends_with_ignoring_case(program, L".bat") || ends_with_ignoring_case(program, L".cmd")) {
    return {StatusCode::invalid_argument, to_utf8(program) + " is a batch file; name the program itself"};
  }
  return program;
}

}  // namespace plugbroker::win
