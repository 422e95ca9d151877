// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/console_control.h"

#include <gtest/gtest.h>

#include <utility>

namespace plugbroker::win {
namespace {

TEST(ConsoleControl, CanBeInstalledAgainAfterItsEnd) {
  {
    auto first = ConsoleControl::install([] {});
    ASSERT_TRUE(first.ok()) << first.status().message;
    const ConsoleControl moved = std::move(first).value();
  }

  EXPECT_TRUE(ConsoleControl::install([] {}).ok());
}

}  // namespace
}  // namespace plugbroker::win
