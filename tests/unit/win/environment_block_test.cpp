// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/environment_block.h"

#include <gtest/gtest.h>

#include <string>

namespace plugbroker::win {
namespace {

using namespace std::string_literals;

TEST(EnvironmentBlock, EndsEachVariableAndTheWholeWithAZero) {
  const Environment environment{{L"A", L"1"}, {L"B", L"2"}};

  EXPECT_EQ(environment_block(environment), L"A=1\0B=2\0\0"s);
}

TEST(EnvironmentBlock, OfNothingIsTwoZeros) {
  EXPECT_EQ(environment_block({}), L"\0\0"s);
}

TEST(EnvironmentBlock, IsSortedWithoutRegardToCase) {
  const Environment environment{{L"b", L"2"}, {L"C", L"3"}, {L"A", L"1"}, {L"_", L"4"}};

  EXPECT_EQ(environment_block(environment), L"A=1\0b=2\0C=3\0_=4\0\0"s);
}

TEST(EnvironmentBlock, ReadsBackWhatItWrote) {
  const Environment environment{{L"=C:", L"C:\\x"}, {L"EMPTY", L""}, {L"Path", L"a=b;c"}};

  EXPECT_EQ(parse_environment_block(environment_block(environment).c_str()), environment);
}

TEST(EnvironmentBlock, SettingAVariableReplacesOneInOtherCase) {
  Environment environment{{L"Path", L"old"}};

  EXPECT_TRUE(set_variable(environment, L"PATH", L"new").ok());

  EXPECT_EQ(environment.size(), 1u);
  EXPECT_EQ(environment[L"path"], L"new");
}

TEST(EnvironmentBlock, RefusesNamesAndValuesThatWouldMakeAnotherVariable) {
  Environment environment;

  EXPECT_FALSE(set_variable(environment, L"", L"x").ok());
  EXPECT_FALSE(set_variable(environment, L"A=B", L"x").ok());
  EXPECT_FALSE(set_variable(environment, L"A\0B"s, L"x").ok());
  EXPECT_FALSE(set_variable(environment, L"A", L"x\0B=y"s).ok());
  EXPECT_TRUE(environment.empty());
}

TEST(EnvironmentBlock, TheAccountsOwnHasWhatProgramsNeed) {
  const Environment environment = account_environment();

  EXPECT_TRUE(environment.contains(L"SystemRoot"));
  EXPECT_TRUE(environment.contains(L"Path"));
}

}  // namespace
}  // namespace plugbroker::win
