// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/command_line.h"

#include <gtest/gtest.h>
#include <windows.h>
// Needs windows.h before it.
#include <shellapi.h>

#include <ostream>
#include <string>
#include <vector>

#include "broker_core/win/utf16.h"

namespace plugbroker::win {
namespace {

std::vector<std::wstring> taken_apart(const std::wstring& line) {
  int count = 0;
  wchar_t** arguments = CommandLineToArgvW(line.c_str(), &count);
  std::vector<std::wstring> list(arguments, arguments + count);
  LocalFree(arguments);
  return list;
}

struct Case {
  const char* name;
  std::vector<std::wstring> arguments;
};
void PrintTo(const Case& value, std::ostream* out) {
  *out << value.name;
}

class RoundTripTest : public testing::TestWithParam<Case> {};

TEST_P(RoundTripTest, WindowsTakesTheLineApartIntoTheSameArguments) {
  std::vector<std::wstring> arguments{L"C:\\Program Files\\worker.exe"};
  arguments.insert(arguments.end(), GetParam().arguments.begin(), GetParam().arguments.end());

  EXPECT_EQ(taken_apart(command_line(arguments)), arguments);
}

INSTANTIATE_TEST_SUITE_P(CommandLine, RoundTripTest,
                         testing::Values(Case{"none", {}}, Case{"empty", {L""}},
                                         Case{"several_empty", {L"", L"", L"x"}}, Case{"plain", {L"plain"}},
                                         Case{"spaces", {L"two words", L"tab\there"}},
                                         Case{"line_break", {L"line\nbreak"}}, Case{"quotation_mark", {L"\""}},
                                         Case{"backslash", {L"\\"}}, Case{"share", {L"\\\\server\\share"}},
                                         Case{"folder_with_space", {L"C:\\with space\\", L"next"}},
                                         Case{"folder_without_space", {L"C:\\no_space\\", L"next"}},
                                         Case{"quotes_inside", {L"say \"hi\"", L"a\\\"b", L"a\\\\\"b c\\\\"}},
                                         Case{"quotes_only", {L"\"\"\"", L"\\\"\\\\\"\\\\\\\""}},
                                         Case{"shell_characters", {L"--name=a b", L"%PATH%", L"^&|<>"}},
                                         Case{"beyond_ascii", {L"caf\u00e9 \u4e2d"}}));

TEST(CommandLine, QuotesTheProgramAlways) {
  const std::vector<std::wstring> arguments{L"C:\\a.exe", L"x"};

  EXPECT_EQ(command_line(arguments), L"\"C:\\a.exe\" x");
}

TEST(CommandLine, KeepsABackslashAtTheEndOfTheProgramsNameAsItIs) {
  const std::vector<std::wstring> arguments{L"C:\\odd folder\\", L"x"};

  EXPECT_EQ(taken_apart(command_line(arguments)), arguments);
}

}  // namespace
}  // namespace plugbroker::win
