// SPDX-License-Identifier: Apache-2.0
#include "installer/password_input.h"

#include <windows.h>

#include <cstdio>
#include <iostream>

namespace plugbroker::installer {
namespace {

constexpr std::size_t longest_password = 512;

Status bad(const char* why) {
  return {StatusCode::failed_precondition, std::string{"--password-stdin: "} + why};
}

Result<std::wstring> read_at_terminal(HANDLE input) {
  std::fputs("Password: ", stderr);
  DWORD mode = 0;
  GetConsoleMode(input, &mode);
  SetConsoleMode(input, (mode | ENABLE_LINE_INPUT | ENABLE_PROCESSED_INPUT) & ~DWORD{ENABLE_ECHO_INPUT});
  std::wstring text(longest_password, L'\0');
  DWORD read = 0;
  const BOOL done = ReadConsoleW(input, text.data(), static_cast<DWORD>(text.size()), &read, nullptr);
  SetConsoleMode(input, mode);
  std::fputs("\n", stderr);
  text.resize(done ? read : 0);
  while (!text.empty() && (text.back() == L'\n' || text.back() == L'\r')) text.pop_back();
  if (text.empty()) return bad("no password was given");
  return text;
}

}  // namespace

Result<std::wstring> password_in(const std::string& input) {
  std::string line = input.substr(0, input.find('\n'));
  if (line.ends_with('\r')) line.pop_back();
  if (line.empty()) return bad("there is no password on standard input");
  if (line.size() > longest_password) return bad("a password has at most 512 bytes");
  std::wstring text(line.size(), L'\0');
  const int length = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, line.data(), static_cast<int>(line.size()),
                                         text.data(), static_cast<int>(text.size()));
  if (length == 0) return bad("standard input is not UTF-8");
  text.resize(static_cast<std::size_t>(length));
  return text;
}

Result<std::wstring> read_password() {
  const HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
  DWORD mode = 0;
  if (GetConsoleMode(input, &mode)) return read_at_terminal(input);
  std::string line(longest_password + 2, '\0');
  std::cin.read(line.data(), static_cast<std::streamsize>(line.size()));
  line.resize(static_cast<std::size_t>(std::cin.gcount()));
  return password_in(line);
}

}  // namespace plugbroker::installer
