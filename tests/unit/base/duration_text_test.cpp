// SPDX-License-Identifier: Apache-2.0
#include "broker_core/base/duration_text.h"

#include <gtest/gtest.h>

namespace plugbroker {
namespace {

using namespace std::chrono_literals;

TEST(DurationText, ReadsEachUnit) {
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("2s"), 2s);
  EXPECT_EQ(parse_duration("5m"), 5min);
  EXPECT_EQ(parse_duration("1h"), 1h);
  EXPECT_EQ(parse_duration("0s"), 0s);
}

TEST(DurationText, RefusesEverythingElse) {
  for (const char* text : {"", "5", "s", "-1s", "+1s", " 1s", "1 s", "1s ", "1.5s", "1d", "1S", "1us", "0x1s", "1sm"}) {
    EXPECT_FALSE(parse_duration(text).has_value()) << text;
  }
}

TEST(DurationText, RefusesWhatWouldOverflow) {
  EXPECT_EQ(parse_duration("10000h"), 10000h);
  EXPECT_FALSE(parse_duration("10001h").has_value());
  EXPECT_FALSE(parse_duration("9223372036854775807ms").has_value());
  EXPECT_FALSE(parse_duration("99999999999999999999s").has_value());
}

TEST(DurationText, IsWrittenInTheLargestExactUnit) {
  EXPECT_EQ(duration_text(250ms), "250ms");
  EXPECT_EQ(duration_text(90s), "90s");
  EXPECT_EQ(duration_text(120s), "2m");
  EXPECT_EQ(duration_text(24h), "24h");
  EXPECT_EQ(duration_text(0s), "0s");
}

}  // namespace
}  // namespace plugbroker
