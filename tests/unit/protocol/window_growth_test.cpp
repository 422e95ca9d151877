// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "broker_core/protocol/credit.h"

namespace plugbroker::protocol {
namespace {

/// The sender spends `charge` and the reader passes it on; what is granted for it.
std::uint32_t pass(ReceiveWindow& window, std::uint32_t charge, WindowGrowth& growth) {
  EXPECT_TRUE(window.receive(charge));
  return window.release(charge, growth);
}

TEST(WindowGrowth, DoublesAWindowThatWasUsedUpAndPassedOn) {
  ReceiveWindow window(100);
  WindowGrowth growth(1000, 1000);

  EXPECT_EQ(pass(window, 50, growth), 50u);
  EXPECT_EQ(pass(window, 50, growth), 50u + 100u);

  EXPECT_EQ(window.grown(), 100u);
  EXPECT_EQ(growth.left(), 900u);
  EXPECT_TRUE(window.receive(200));
  EXPECT_FALSE(window.receive(1));
}

TEST(WindowGrowth, NeedsTheWholeGrownWindowUsedUpBeforeItGrowsAgain) {
  ReceiveWindow window(100);
  WindowGrowth growth(1000, 1000);
  EXPECT_EQ(pass(window, 100, growth), 200u);

  EXPECT_EQ(pass(window, 100, growth), 100u);
  EXPECT_EQ(pass(window, 100, growth), 300u);

  EXPECT_EQ(window.grown(), 300u);
}

TEST(WindowGrowth, LeavesAWindowAloneWhoseReaderLagsBehind) {
  ReceiveWindow window(100);
  WindowGrowth growth(1000, 1000);

  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(window.receive(i == 0 ? 100 : 60));
    EXPECT_EQ(window.release(60, growth), 60u);  // 40 are always waiting.
  }

  EXPECT_EQ(window.grown(), 0u);
}

TEST(WindowGrowth, EndsAtTheLargestWindow) {
  ReceiveWindow window(100);
  WindowGrowth growth(250, 1000);

  for (int i = 0; i < 20; ++i) pass(window, 100, growth);

  EXPECT_EQ(window.grown(), 150u);
  EXPECT_EQ(growth.left(), 850u);
}

TEST(WindowGrowth, OfAllWindowsTogetherEndsAtTheTotal) {
  ReceiveWindow one(100);
  ReceiveWindow two(100);
  WindowGrowth growth(1000, 150);

  for (int i = 0; i < 20; ++i) {
    pass(one, 100, growth);
    pass(two, 100, growth);
  }

  EXPECT_EQ(one.grown() + two.grown(), 150u);
  EXPECT_EQ(growth.left(), 0u);
}

TEST(WindowGrowth, IsThereForOthersWhenAStreamHasEnded) {
  ReceiveWindow one(100);
  WindowGrowth growth(1000, 100);
  pass(one, 100, growth);

  growth.give_back(one.grown());
  ReceiveWindow two(100);

  EXPECT_EQ(pass(two, 100, growth), 200u);
}

TEST(WindowGrowth, OfNothingLeavesWindowsAsTheyAre) {
  ReceiveWindow window(100);
  WindowGrowth none;

  for (int i = 0; i < 20; ++i) EXPECT_EQ(pass(window, 100, none), 100u);
}

TEST(WindowGrowth, NeverGrantsMoreThanAPeerMayHold) {
  ReceiveWindow window(limits::max_window_bytes / 2 + 1);
  WindowGrowth growth(limits::max_window_bytes, ~std::uint64_t{0});

  for (int i = 0; i < 4; ++i) pass(window, limits::max_window_bytes / 2 + 1, growth);

  EXPECT_EQ(window.grown(), limits::max_window_bytes / 2);
  SendWindow peer(limits::max_window_bytes / 2 + 1);
  EXPECT_TRUE(peer.add(window.grown()));
}

}  // namespace
}  // namespace plugbroker::protocol
