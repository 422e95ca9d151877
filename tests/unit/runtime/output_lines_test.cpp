// SPDX-License-Identifier: Apache-2.0
#include "broker_core/runtime/output_lines.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace plugbroker::runtime {
namespace {

using namespace std::chrono_literals;

class OutputLinesTest : public testing::Test {
 protected:
  void feed(std::string_view text) { splitter_.feed(as_byte_view(text)); }

  std::vector<std::string> lines_;
  OutputLines splitter_{[this](std::string_view line) { lines_.emplace_back(line); }};
};

TEST_F(OutputLinesTest, GivesEachLineWithoutItsEnd) {
  feed("one\r\ntwo\nthree\n");

  EXPECT_EQ(lines_, (std::vector<std::string>{"one", "two", "three"}));
}

TEST_F(OutputLinesTest, JoinsALineThatComesInPieces) {
  feed("on");
  feed("e\r");
  feed("\ntw");
  feed("o\n");

  EXPECT_EQ(lines_, (std::vector<std::string>{"one", "two"}));
}

TEST_F(OutputLinesTest, SplitsALineThatIsTooLong) {
  feed(std::string(limits::max_output_line_bytes + 1, 'x') + "\n");

  ASSERT_EQ(lines_.size(), 2u);
  EXPECT_EQ(lines_[0].size(), limits::max_output_line_bytes);
  EXPECT_EQ(lines_[1], "x");
}

TEST_F(OutputLinesTest, KeepsALineOfExactlyTheLongestLengthWhole) {
  feed(std::string(limits::max_output_line_bytes, 'x') + "\n");

  ASSERT_EQ(lines_.size(), 1u);
  EXPECT_EQ(lines_[0].size(), limits::max_output_line_bytes);
}

TEST_F(OutputLinesTest, GivesTheLastLineAtTheEndEvenWithoutALineFeed) {
  feed("one\nlast words");
  splitter_.finish();

  EXPECT_EQ(lines_, (std::vector<std::string>{"one", "last words"}));
}

TEST_F(OutputLinesTest, LeavesEmptyLinesOut) {
  feed("\n\r\none\n\n");
  splitter_.finish();

  EXPECT_EQ(lines_, (std::vector<std::string>{"one"}));
}

TEST_F(OutputLinesTest, PassesZeroBytesOnForTheLogToEscape) {
  feed(std::string_view("a\0b\n", 4));

  EXPECT_EQ(lines_, (std::vector<std::string>{std::string("a\0b", 3)}));
}

constexpr TimePoint start{1h};

int admitted_of(LineRate& rate, int lines, TimePoint now) {
  int admitted = 0;
  for (int i = 0; i < lines; ++i) admitted += rate.admit(now) ? 1 : 0;
  return admitted;
}

TEST(LineRate, LetsOneHundredLinesThroughInASecond) {
  LineRate rate;

  EXPECT_EQ(admitted_of(rate, 150, start), 100);
}

TEST(LineRate, StartsAgainInTheNextSecond) {
  LineRate rate;
  EXPECT_EQ(admitted_of(rate, 150, start), 100);

  EXPECT_EQ(admitted_of(rate, 150, start + 999ms), 0);
  EXPECT_EQ(admitted_of(rate, 150, start + 1s), 100);
}

TEST(LineRate, TellsOnceHowManyWereDroppedWhenTheSecondIsOver) {
  LineRate rate;
  EXPECT_EQ(admitted_of(rate, 130, start), 100);

  EXPECT_EQ(rate.take_dropped(start + 500ms), 0u);
  EXPECT_EQ(rate.take_dropped(start + 1s), 30u);
  EXPECT_EQ(rate.take_dropped(start + 2s), 0u);
}

TEST(LineRate, TellsAtTheEndHowManyWereDroppedInTheSecondThatRuns) {
  LineRate rate;
  EXPECT_EQ(admitted_of(rate, 101, start), 100);

  EXPECT_EQ(rate.take_dropped_at_end(), 1u);
  EXPECT_EQ(rate.take_dropped_at_end(), 0u);
}

}  // namespace
}  // namespace plugbroker::runtime
