// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/exit_code_text.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace plugbroker::engine {
namespace {

struct KnownCode {
  std::uint32_t code;
  std::string_view meaning;
};

// NTSTATUS values that a process ends with, and those of the .NET host (hostfxr's error codes).
constexpr std::array known_codes{
    KnownCode{0x40010004, "ended by a debugger"},
    KnownCode{0x80008081, ".NET host: invalid arguments"},
    KnownCode{0x80008083, ".NET host: hostfxr is missing"},
    KnownCode{0x8000808C, ".NET host: a dependency is missing"},
    KnownCode{0x80008093, ".NET host: invalid runtimeconfig.json"},
    KnownCode{0x80008096, ".NET host: the framework is not installed"},
    KnownCode{0x80131506, "fatal error inside the .NET runtime"},
    KnownCode{0xC0000005, "access violation"},
    KnownCode{0xC0000017, "out of memory"},
    KnownCode{0xC000001D, "illegal instruction"},
    KnownCode{0xC000007B, "a program file has the wrong format"},
    KnownCode{0xC0000094, "integer division by zero"},
    KnownCode{0xC00000FD, "stack overflow"},
    KnownCode{0xC0000135, "a DLL was not found"},
    KnownCode{0xC0000139, "a DLL lacks an entry point"},
    KnownCode{0xC000013A, "ended by Ctrl+C"},
    KnownCode{0xC0000142, "a DLL failed to initialise"},
    KnownCode{0xC0000374, "heap corruption"},
    KnownCode{0xC0000409, "fail-fast or stack buffer overrun"},
    KnownCode{0xC0000420, "assertion failure"},
    KnownCode{0xE0434352, "unhandled .NET exception"},
    KnownCode{0xE06D7363, "unhandled C++ exception"},
};

std::string hexadecimal(std::uint32_t value) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text = "0x";
  for (int shift = 28; shift >= 0; shift -= 4) text += digits[(value >> shift) & 0xF];
  return text;
}

}  // namespace

std::string exit_code_text(std::uint32_t exit_code) {
  constexpr std::uint32_t first_that_reads_better_in_hexadecimal = 0x40000000;
  std::string text = "exit code ";
  text += exit_code < first_that_reads_better_in_hexadecimal ? std::to_string(exit_code) : hexadecimal(exit_code);
  const auto known = std::ranges::find(known_codes, exit_code, &KnownCode::code);
  if (known != known_codes.end()) text.append(" (").append(known->meaning).append(")");
  return text;
}

}  // namespace plugbroker::engine
