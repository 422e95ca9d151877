// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/exit_code_text.h"

#include <gtest/gtest.h>

namespace plugbroker::engine {
namespace {

TEST(ExitCodeText, GivesSmallCodesAsNumbers) {
  EXPECT_EQ(exit_code_text(0), "exit code 0");
  EXPECT_EQ(exit_code_text(3), "exit code 3");
}

TEST(ExitCodeText, SaysWhatKnownCodesMean) {
  EXPECT_EQ(exit_code_text(0xE0434352), "exit code 0xE0434352 (unhandled .NET exception)");
  EXPECT_EQ(exit_code_text(0xC00000FD), "exit code 0xC00000FD (stack overflow)");
}

TEST(ExitCodeText, GivesUnknownLargeCodesInHexadecimal) {
  EXPECT_EQ(exit_code_text(0xDEADBEEF), "exit code 0xDEADBEEF");
}

}  // namespace
}  // namespace plugbroker::engine
