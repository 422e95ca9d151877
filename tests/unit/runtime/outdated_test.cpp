// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "broker_core/runtime/daily_times.h"
#include "broker_core/runtime/quiet_period.h"

namespace plugbroker::runtime {
namespace {

using namespace std::chrono_literals;

constexpr int half_past_three = 3 * 60 + 30;

LocalTime at(std::int64_t day, int hour, int minute) {
  return {.day = day, .minute = hour * 60 + minute};
}

TEST(MinuteOfDay, ReadsTwoDigitsColonTwoDigits) {
  EXPECT_EQ(minute_of_day("00:00"), 0);
  EXPECT_EQ(minute_of_day("03:30"), half_past_three);
  EXPECT_EQ(minute_of_day("23:59"), 23 * 60 + 59);
  for (const char* text : {"", "3:30", "24:00", "03:60", "03.30", "03:3", "03:300", "-1:30", "03: 0"}) {
    EXPECT_EQ(minute_of_day(text), std::nullopt) << text;
  }
}

TEST(DailyTimes, ComesOnceADay) {
  DailyTimes times({half_past_three}, at(100, 3, 29));

  EXPECT_FALSE(times.take_due(at(100, 3, 29)));
  EXPECT_TRUE(times.take_due(at(100, 3, 30)));
  EXPECT_FALSE(times.take_due(at(100, 3, 30)));
  EXPECT_FALSE(times.take_due(at(100, 23, 59)));
  EXPECT_FALSE(times.take_due(at(101, 3, 29)));
  EXPECT_TRUE(times.take_due(at(101, 3, 31)));
}

TEST(DailyTimes, DoesNotComeForATimeThatWasPastAtTheStart) {
  DailyTimes times({half_past_three}, at(100, 12, 0));

  EXPECT_FALSE(times.take_due(at(100, 12, 1)));
  EXPECT_TRUE(times.take_due(at(101, 3, 30)));
}

TEST(DailyTimes, ComesWhenTheClockJumpsOverIt) {
  DailyTimes times({2 * 60 + 30}, at(100, 1, 59));

  EXPECT_TRUE(times.take_due(at(100, 3, 0)));
  EXPECT_FALSE(times.take_due(at(100, 3, 1)));
}

TEST(DailyTimes, ComesWhenTheMachineSleptOverItPastMidnight) {
  DailyTimes times({23 * 60 + 30}, at(100, 12, 0));

  EXPECT_TRUE(times.take_due(at(101, 6, 0)));
  EXPECT_FALSE(times.take_due(at(101, 6, 1)));
  EXPECT_TRUE(times.take_due(at(101, 23, 30)));
}

TEST(DailyTimes, DoesNotComeForATimeBeforeTheStartWhenMidnightHasPassed) {
  DailyTimes times({half_past_three}, at(100, 12, 0));

  EXPECT_FALSE(times.take_due(at(101, 0, 0)));
}

TEST(DailyTimes, DoesNotComeAgainWhenTheClockShowsItTwice) {
  DailyTimes times({2 * 60 + 30}, at(100, 1, 0));
  EXPECT_TRUE(times.take_due(at(100, 2, 30)));

  EXPECT_FALSE(times.take_due(at(100, 2, 0)));
  EXPECT_FALSE(times.take_due(at(100, 2, 30)));
}

TEST(DailyTimes, IsNotSilencedByAClockThatWasADayAhead) {
  DailyTimes times({half_past_three}, at(100, 1, 0));
  EXPECT_TRUE(times.take_due(at(130, 4, 0)));

  EXPECT_FALSE(times.take_due(at(100, 4, 0)));
  EXPECT_TRUE(times.take_due(at(101, 4, 0)));
}

TEST(DailyTimes, CountsSeveralAtOnceAsOneAndEachLaterOneByItself) {
  DailyTimes times({60, 120, 180}, at(100, 0, 0));

  EXPECT_TRUE(times.take_due(at(100, 2, 10)));
  EXPECT_FALSE(times.take_due(at(100, 2, 11)));
  EXPECT_TRUE(times.take_due(at(100, 3, 0)));
}

constexpr TimePoint start{1h};

TEST(QuietPeriod, IsDueOnceSoLongAfterTheLastChange) {
  QuietPeriod quiet(5s);
  EXPECT_EQ(quiet.due(), far_future);

  quiet.changed(start);
  quiet.changed(start + 3s);

  EXPECT_EQ(quiet.due(), start + 8s);
  EXPECT_FALSE(quiet.take_due(start + 7s));
  EXPECT_TRUE(quiet.take_due(start + 8s));
  EXPECT_FALSE(quiet.take_due(start + 9s));
}

TEST(QuietPeriod, BeginsAgainWithAChangeAfterItWasDue) {
  QuietPeriod quiet(5s);
  quiet.changed(start);
  EXPECT_TRUE(quiet.take_due(start + 5s));

  quiet.changed(start + 6s);

  EXPECT_TRUE(quiet.take_due(start + 11s));
}

}  // namespace
}  // namespace plugbroker::runtime
