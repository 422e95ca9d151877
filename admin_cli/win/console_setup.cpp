// SPDX-License-Identifier: Apache-2.0
#include "admin_cli/win/console_setup.h"

#include <windows.h>

#include <fcntl.h>
#include <io.h>
#include <shellapi.h>

#include <cstdio>

#include "broker_core/win/program_hardening.h"

namespace plugbroker::admin_cli {
namespace {

std::string to_utf8(const wchar_t* text) {
  const int size = WideCharToMultiByte(CP_UTF8, 0, text, -1, nullptr, 0, nullptr, nullptr);
  std::string converted(size > 0 ? static_cast<std::size_t>(size) : 1, '\0');
  WideCharToMultiByte(CP_UTF8, 0, text, -1, converted.data(), size, nullptr, nullptr);
  converted.pop_back();
  return converted;
}

}  // namespace

std::vector<std::string> program_arguments() {
  int count = 0;
  wchar_t** texts = CommandLineToArgvW(GetCommandLineW(), &count);
  std::vector<std::string> arguments;
  for (int i = 1; texts != nullptr && i < count; ++i) arguments.push_back(to_utf8(texts[i]));
  LocalFree(texts);
  return arguments;
}

void prepare_process() {
  win::harden_program();
  _setmode(_fileno(stdin), _O_BINARY);
  _setmode(_fileno(stdout), _O_BINARY);
  SetConsoleOutputCP(CP_UTF8);
}

}  // namespace plugbroker::admin_cli
