// SPDX-License-Identifier: Apache-2.0
#include "broker_core/base/fifo.h"

#include <gtest/gtest.h>

#include <vector>

namespace plugbroker {
namespace {

TEST(Fifo, GivesElementsInTheOrderInWhichTheyCame) {
  Fifo<int> fifo;
  std::vector<int> taken;
  for (int i = 0; i < 10; ++i) fifo.push_back(i);
  for (int i = 10; i < 1000; ++i) {
    fifo.push_back(i);
    taken.push_back(fifo.take_front());
  }
  while (!fifo.empty()) taken.push_back(fifo.take_front());

  std::vector<int> expected(1000);
  for (int i = 0; i < 1000; ++i) expected[static_cast<std::size_t>(i)] = i;
  EXPECT_EQ(taken, expected);
}

TEST(Fifo, GrowsInTheMiddleOfTheRing) {
  Fifo<int> fifo;
  for (int i = 0; i < 16; ++i) fifo.push_back(i);
  for (int i = 0; i < 7; ++i) EXPECT_EQ(fifo.take_front(), i);
  for (int i = 16; i < 40; ++i) fifo.push_back(i);

  EXPECT_EQ(fifo.size(), 33u);
  for (int i = 7; i < 40; ++i) EXPECT_EQ(fifo.take_front(), i);
  EXPECT_TRUE(fifo.empty());
}

TEST(FifoDeathTest, AnEmptyOneHasNoFront) {
  Fifo<int> fifo;
  EXPECT_DEATH((void)fifo.take_front(), "broken invariant");
}

}  // namespace
}  // namespace plugbroker
