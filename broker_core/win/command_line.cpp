// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/command_line.h"

#include <string_view>

#include "broker_core/base/assert.h"

namespace plugbroker::win {
namespace {

bool needs_quotes(std::wstring_view argument) {
  return argument.empty() || argument.find_first_of(L" \t\n\v\"") != std::wstring_view::npos;
}

/// Backslashes are only special in front of a quotation mark: there, and in front of the closing one, they are doubled.
void append_quoted(std::wstring& line, std::wstring_view argument) {
  line += L'"';
  std::size_t backslashes = 0;
  for (const wchar_t c : argument) {
    if (c == L'\\') {
      ++backslashes;
      continue;
    }
    line.append(c == L'"' ? 2 * backslashes + 1 : backslashes, L'\\');
    backslashes = 0;
    line += c;
  }
  line.append(2 * backslashes, L'\\').append(1, L'"');
}

}  // namespace

std::wstring command_line(std::span<const std::wstring> arguments) {
  PLUGBROKER_ASSERT(!arguments.empty());
  PLUGBROKER_ASSERT(arguments.front().find(L'"') == std::wstring::npos);
  // In the program's name a backslash is never special.
  std::wstring line = L"\"" + arguments.front() + L"\"";
  for (const std::wstring& argument : arguments.subspan(1)) {
    line += L' ';
    if (needs_quotes(argument)) {
      append_quoted(line, argument);
    } else {
      line += argument;
    }
  }
  return line;
}

}  // namespace plugbroker::win
