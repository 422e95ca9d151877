// SPDX-License-Identifier: Apache-2.0
#include "broker_core/runtime/connection_outbox.h"

#include <gtest/gtest.h>

#include "broker_core/base/limits.h"

namespace plugbroker::runtime {
namespace {

using namespace std::chrono_literals;

constexpr ConnectionId one{1};
constexpr ConnectionId two{2};
constexpr TimePoint start{1h};

TEST(ConnectionOutbox, OffersAReadyConnectionOnce) {
  ConnectionOutbox outbox;
  outbox.add(one);
  outbox.mark_ready(one);
  outbox.mark_ready(one);

  EXPECT_EQ(outbox.next_ready(), one);
  EXPECT_EQ(outbox.next_ready(), std::nullopt);
}

TEST(ConnectionOutbox, OffersNoConnectionWhoseWriteIsOutstanding) {
  ConnectionOutbox outbox;
  outbox.add(one);
  outbox.write_started(one);
  outbox.mark_ready(one);

  EXPECT_EQ(outbox.next_ready(), std::nullopt);
}

TEST(ConnectionOutbox, OffersItAgainAfterTheWriteHasEnded) {
  ConnectionOutbox outbox;
  outbox.add(one);
  outbox.write_started(one);

  EXPECT_TRUE(outbox.write_completed(one));
  outbox.mark_ready(one);
  EXPECT_EQ(outbox.next_ready(), one);
}

TEST(ConnectionOutbox, OffersConnectionsInTurn) {
  ConnectionOutbox outbox;
  outbox.add(one);
  outbox.add(two);
  outbox.mark_ready(two);
  outbox.mark_ready(one);

  EXPECT_EQ(outbox.next_ready(), two);
  EXPECT_EQ(outbox.next_ready(), one);
}

TEST(ConnectionOutbox, ForgetsAConnectionThatIsRemovedWhileItWaits) {
  ConnectionOutbox outbox;
  outbox.add(one);
  outbox.mark_ready(one);
  outbox.remove(one);

  EXPECT_EQ(outbox.next_ready(), std::nullopt);
  EXPECT_FALSE(outbox.write_completed(one));
  EXPECT_EQ(outbox.size(), 0u);
}

TEST(ConnectionOutbox, AClosingConnectionTakesNoInputButIsOfferedForWhatIsLeft) {
  ConnectionOutbox outbox;
  outbox.add(one);

  EXPECT_TRUE(outbox.begin_close(one, start));
  EXPECT_FALSE(outbox.begin_close(one, start));
  EXPECT_FALSE(outbox.takes_input(one));
  EXPECT_EQ(outbox.next_ready(), one);
}

TEST(ConnectionOutbox, HandsAClosingConnectionOverOnceWithTheRestOfItsLinger) {
  ConnectionOutbox outbox;
  outbox.add(one);
  EXPECT_TRUE(outbox.begin_close(one, start));

  EXPECT_EQ(outbox.finish_close(one, start + 300ms), limits::linger_after_refusal - 300ms);
  EXPECT_EQ(outbox.finish_close(one, start + 300ms), std::nullopt);
}

TEST(ConnectionOutbox, HandsNothingOverThatIsNotClosing) {
  ConnectionOutbox outbox;
  outbox.add(one);

  EXPECT_EQ(outbox.finish_close(one, start), std::nullopt);
  EXPECT_EQ(outbox.finish_close(two, start), std::nullopt);
}

TEST(ConnectionOutbox, GivesClosingConnectionsWhoseLingerHasPassedInOrder) {
  ConnectionOutbox outbox;
  outbox.add(one);
  outbox.add(two);
  EXPECT_TRUE(outbox.begin_close(two, start));
  EXPECT_TRUE(outbox.begin_close(one, start + 100ms));

  EXPECT_EQ(outbox.next_deadline(), start + limits::linger_after_refusal);
  EXPECT_EQ(outbox.next_overdue(start + limits::linger_after_refusal), two);
  EXPECT_EQ(outbox.next_overdue(start + limits::linger_after_refusal), std::nullopt);
  EXPECT_EQ(outbox.next_overdue(start + limits::linger_after_refusal + 100ms), one);
  EXPECT_EQ(outbox.next_deadline(), far_future);
}

TEST(ConnectionOutbox, DoesNotCallAConnectionOverdueThatWasHandedOver) {
  ConnectionOutbox outbox;
  outbox.add(one);
  EXPECT_TRUE(outbox.begin_close(one, start));
  EXPECT_TRUE(outbox.finish_close(one, start).has_value());

  EXPECT_EQ(outbox.next_overdue(start + 2s), std::nullopt);
}

}  // namespace
}  // namespace plugbroker::runtime
