// SPDX-License-Identifier: Apache-2.0
#include "client_lib/core/connect_backoff.h"

#include <gtest/gtest.h>

namespace plugbroker::client {
namespace {

TEST(ConnectBackoff, WaitsBetweenHalfAndAllOfAStepThatDoublesUpToItsLimit) {
  ConnectBackoff backoff(42);
  Duration step = ConnectBackoff::first;
  for (int i = 0; i < 12; ++i) {
    const Duration wait = backoff.next();
    EXPECT_GE(wait, step / 2);
    EXPECT_LE(wait, step);
    step = std::min(step * 2, ConnectBackoff::longest);
  }
  EXPECT_EQ(step, ConnectBackoff::longest);
}

TEST(ConnectBackoff, BeginsAgainAfterAReset) {
  ConnectBackoff backoff(42);
  for (int i = 0; i < 12; ++i) static_cast<void>(backoff.next());

  backoff.reset();

  EXPECT_LE(backoff.next(), ConnectBackoff::first);
}

TEST(ConnectBackoff, SpreadsClientsWithDifferentSeeds) {
  ConnectBackoff one(1);
  ConnectBackoff other(2'000'001);
  for (int i = 0; i < 8; ++i) {
    static_cast<void>(one.next());
    static_cast<void>(other.next());
  }

  EXPECT_NE(one.next(), other.next());
}

}  // namespace
}  // namespace plugbroker::client
