// SPDX-License-Identifier: Apache-2.0
#include "broker_core/runtime/daily_times.h"

#include <algorithm>

namespace plugbroker::runtime {
namespace {

// -1 when it is not two digits.
int two_digits(std::string_view text) {
  const auto is_digit = [](char byte) { return byte >= '0' && byte <= '9'; };
  if (text.size() != 2 || !std::ranges::all_of(text, is_digit)) return -1;
  return (text[0] - '0') * 10 + (text[1] - '0');
}

}  // namespace

std::optional<int> minute_of_day(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const int hour = two_digits(text.substr(0, 2));
  const int minute = two_digits(text.substr(3));
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return std::nullopt;
  return hour * 60 + minute;
}

DailyTimes::DailyTimes(const std::vector<int>& minutes, LocalTime start) {
  for (const int minute : minutes) {
    times_.push_back({.minute = minute, .last_day = minute <= start.minute ? start.day : start.day - 1});
  }
}

bool DailyTimes::take_due(LocalTime now) {
  bool due = false;
  for (Time& time : times_) {
    // A clock that was set back by days must not silence a time until they are over.
    time.last_day = std::min(time.last_day, now.day);
    // Of one that is yet to come today, yesterday's: the machine may have slept over it, and over midnight.
    const std::int64_t latest = now.minute < time.minute ? now.day - 1 : now.day;
    if (time.last_day >= latest) continue;
    time.last_day = latest;
    due = true;
  }
  return due;
}

}  // namespace plugbroker::runtime
