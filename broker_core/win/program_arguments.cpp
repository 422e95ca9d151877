// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/program_arguments.h"

#include <windows.h>

#include <shellapi.h>

#include "broker_core/win/utf16.h"

namespace plugbroker::win {

std::vector<std::string> program_arguments() {
  int count = 0;
  wchar_t** texts = CommandLineToArgvW(GetCommandLineW(), &count);
  std::vector<std::string> arguments;
  for (int i = 1; texts != nullptr && i < count; ++i) arguments.push_back(win::to_utf8(texts[i]));
  LocalFree(texts);
  return arguments;
}

}  // namespace plugbroker::win
