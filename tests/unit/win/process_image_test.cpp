// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/process_image.h"

#include <gmock/gmock.h>

#include "tests/unit/win/test_guard.h"

namespace plugbroker::win {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::IsEmpty;
using testing::StartsWith;

TEST(ProcessImage, IsTheWholePathOfTheProgram) {
  EXPECT_THAT(process_image(GetCurrentProcessId()), EndsWith("\\win_tests.exe"));
}

TEST(ProcessImage, IsToldOfAProcessThatMayNotBeOpened) {
  if (test::runs_under_wine()) GTEST_SKIP() << "Wine: a program is not told by the number of its process";
  EXPECT_THAT(process_image_by_number(GetCurrentProcessId()), AllOf(StartsWith("\\"), EndsWith("\\win_tests.exe")));
}

TEST(ProcessImage, IsEmptyWhereThereIsNoProcess) {
  constexpr DWORD nobody = 0xFFFF'FFF0;

  EXPECT_THAT(process_image(0), IsEmpty());
  EXPECT_THAT(process_image(nobody), IsEmpty());
  EXPECT_THAT(process_image_by_number(nobody), IsEmpty());
}

}  // namespace
}  // namespace plugbroker::win
