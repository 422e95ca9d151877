// SPDX-License-Identifier: Apache-2.0
#include "broker_core/protocol/credit.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace plugbroker::protocol {
namespace {

constexpr std::uint32_t most = 2'147'483'647;

TEST(Credit, AFrameCostsItsPayloadAndThirtyTwoMore) {
  EXPECT_EQ(frame_charge(0), 32u);
  EXPECT_EQ(frame_charge(65536), 65568u);
}

TEST(SendWindow, SpendsWhatItWasGiven) {
  SendWindow window(100);

  window.spend(100);

  EXPECT_EQ(window.available(), 0u);
  EXPECT_FALSE(window.can_send_empty());
}

TEST(SendWindow, LeavesRoomForThePayloadAfterTheChargeOfTheFrame) {
  EXPECT_EQ(SendWindow(100).payload_room(), 68u);
  EXPECT_EQ(SendWindow(33).payload_room(), 1u);
  EXPECT_EQ(SendWindow(32).payload_room(), 0u);
  EXPECT_EQ(SendWindow(31).payload_room(), 0u);
}

TEST(SendWindow, AnEmptyFrameNeedsThirtyTwo) {
  EXPECT_TRUE(SendWindow(32).can_send_empty());
  EXPECT_FALSE(SendWindow(31).can_send_empty());
}

TEST(SendWindow, ExactlyTheMostCreditPassesAndOneMoreIsRefused) {
  SendWindow window(most - 10);

  EXPECT_TRUE(window.add(10));
  EXPECT_EQ(window.available(), most);
  EXPECT_FALSE(window.add(1));
  EXPECT_EQ(window.available(), most) << "a refused credit changes nothing";
}

TEST(SendWindow, ACreditThatWouldOverflowIsRefused) {
  SendWindow window(most);

  EXPECT_FALSE(window.add(0xFFFFFFFF));
  EXPECT_EQ(window.available(), most);
}

TEST(SendWindowDeathTest, NeverSpendsWhatItDoesNotHave) {
  SendWindow window(31);

  EXPECT_DEATH(window.spend(32), "broken invariant");
}

TEST(ReceiveWindow, TakesExactlyWhatWasGrantedAndRefusesOneMore) {
  ReceiveWindow window(100);

  EXPECT_TRUE(window.receive(100));
  EXPECT_FALSE(window.receive(1));
}

TEST(ReceiveWindow, GathersCreditUntilHalfOfTheWindowIsDue) {
  ReceiveWindow window(100);
  ASSERT_TRUE(window.receive(100));

  EXPECT_EQ(window.release(49), 0u);
  EXPECT_EQ(window.release(1), 50u);
  EXPECT_EQ(window.release(49), 0u);
}

TEST(ReceiveWindow, OfAnOddWindowTheLargerHalfMustBeDue) {
  ReceiveWindow window(101);
  ASSERT_TRUE(window.receive(101));

  EXPECT_EQ(window.release(50), 0u);
  EXPECT_EQ(window.release(1), 51u);
}

TEST(ReceiveWindow, WhatIsOnlyGatheredIsNotGrantedYet) {
  ReceiveWindow window(100);
  ASSERT_TRUE(window.receive(100));
  ASSERT_EQ(window.release(49), 0u);

  EXPECT_FALSE(window.receive(1));
}

TEST(ReceiveWindow, WhatItReturnsIsGranted) {
  ReceiveWindow window(100);
  ASSERT_TRUE(window.receive(100));
  ASSERT_EQ(window.release(60), 60u);

  EXPECT_TRUE(window.receive(60));
  EXPECT_FALSE(window.receive(1));
}

TEST(ReceiveWindow, ALargeWindowDoesNotOverflow) {
  ReceiveWindow window(most);
  ASSERT_TRUE(window.receive(most));

  EXPECT_EQ(window.release(most), most);
}

TEST(ReceiveWindowDeathTest, NeverReturnsMoreThanWasReceived) {
  ReceiveWindow window(100);
  ASSERT_TRUE(window.receive(10));

  EXPECT_DEATH(static_cast<void>(window.release(11)), "broken invariant");
}

TEST(Credit, ASenderThatWaitsForCreditIsNeverLeftWithoutIt) {
  constexpr std::uint32_t smallest = limits::min_window_bytes;
  SendWindow sender(smallest);
  ReceiveWindow receiver(smallest);
  std::uint64_t sent = 0;

  for (std::uint32_t frame = 0; frame < 10'000; ++frame) {
    ASSERT_GT(sender.payload_room(), 0u) << "after " << sent << " bytes";
    const std::uint32_t charge = frame_charge(std::min(sender.payload_room(), 1 + frame % 4096));
    sender.spend(charge);
    sent += charge;
    ASSERT_TRUE(receiver.receive(charge));
    ASSERT_TRUE(sender.add(receiver.release(charge)));
  }
}

}  // namespace
}  // namespace plugbroker::protocol
