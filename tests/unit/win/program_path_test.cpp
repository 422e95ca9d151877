// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/program_path.h"

#include <gtest/gtest.h>

namespace plugbroker::win {
namespace {

constexpr const wchar_t* system_folder = L"C:\\windows\\system32";

TEST(ProgramPath, LeavesAnAbsolutePathAsItIs) {
  EXPECT_EQ(*program_path(L"D:\\workers\\a.exe", L"C:\\x", L""), L"D:\\workers\\a.exe");
}

TEST(ProgramPath, TakesARelativePathFromTheWorkingDirectory) {
  EXPECT_EQ(*program_path(L"bin\\a.exe", L"C:\\x", L""), L"C:\\x\\bin\\a.exe");
}

TEST(ProgramPath, LooksABareNameUpInPath) {
  const auto path = program_path(L"cmd", L"", system_folder);

  ASSERT_TRUE(path.ok()) << path.status().message;
  EXPECT_TRUE(path->ends_with(L"cmd.exe"));
}

TEST(ProgramPath, FindsABareNameNowhereElse) {
  EXPECT_EQ(program_path(L"cmd", system_folder, L"C:\\nowhere").status().code, StatusCode::not_found);
}

TEST(ProgramPath, RefusesWhatCannotBeAProgram) {
  EXPECT_FALSE(program_path(L"", L"C:\\x", L"").ok());
  EXPECT_FALSE(program_path(L"C:\\a\"b.exe", L"C:\\x", L"").ok());
  EXPECT_FALSE(program_path(L"bin\\a.exe", L"", L"").ok());
  EXPECT_FALSE(program_path(L"bin\\a.exe", L"relative", L"").ok());
}

TEST(ProgramPath, RefusesBatchFiles) {
  EXPECT_FALSE(program_path(L"C:\\a.bat", L"C:\\x", L"").ok());
  EXPECT_FALSE(program_path(L"C:\\a.CMD", L"C:\\x", L"").ok());
}

}  // namespace
}  // namespace plugbroker::win
