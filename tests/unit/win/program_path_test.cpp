// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/program_path.h"

#include <gtest/gtest.h>

namespace plugbroker::win {
namespace {

TEST(ProgramPath, LeavesAnAbsolutePathAsItIs) {
  EXPECT_EQ(*program_path(L"D:\\workers\\a.exe"), L"D:\\workers\\a.exe");
  EXPECT_EQ(*program_path(L"D:/workers/a.exe"), L"D:/workers/a.exe");
  EXPECT_EQ(*program_path(L"\\\\server\\share\\a.exe"), L"\\\\server\\share\\a.exe");
}

TEST(ProgramPath, RefusesWhatHasToBeSearchedFor) {
  for (const wchar_t* program : {L"a.exe", L"bin\\a.exe", L".\\a.exe", L"\\bin\\a.exe", L"C:a.exe", L"/bin/a.exe"}) {
    EXPECT_EQ(program_path(program).status().code, StatusCode::invalid_argument) << program;
  }
}

TEST(ProgramPath, RefusesWhatCannotBeAProgram) {
  EXPECT_FALSE(program_path(L"").ok());
  EXPECT_FALSE(program_path(L"C:\\a\"b.exe").ok());
}

TEST(ProgramPath, RefusesBatchFiles) {
  EXPECT_FALSE(program_path(L"C:\\a.bat").ok());
  EXPECT_FALSE(program_path(L"C:\\a.CMD").ok());
}

}  // namespace
}  // namespace plugbroker::win
