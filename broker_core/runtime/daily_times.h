// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace plugbroker::runtime {

/// What the clock on the wall shows.
struct LocalTime {
  std::int64_t day = 0;  ///< Days since any fixed one; consecutive.
  int minute = 0;        ///< Since midnight, by the clock.
};

/// Minutes since midnight of "03:30"; nullopt for anything but two digits, a colon and two digits of a time of day.
[[nodiscard]] std::optional<int> minute_of_day(std::string_view text);

/// Tells when a time of day has come, asked again and again with what the clock on the wall shows.
///
/// Each time comes once a day, whatever the clock does: one that the clock jumps over (summer time begins, the machine
/// slept) comes when it is asked next on that day; one that it shows twice (summer time ends, somebody sets it back)
/// does not come again. What was past on the day of the start does not come on that day.
class DailyTimes {
 public:
  DailyTimes(const std::vector<int>& minutes, LocalTime start);

  [[nodiscard]] bool empty() const { return times_.empty(); }
  /// Whether one has come since the last question. Several at once are one.
  [[nodiscard]] bool take_due(LocalTime now);

 private:
  struct Time {
    int minute = 0;
    std::int64_t last_day = 0;  ///< On which it came.
  };
  std::vector<Time> times_;
};

}  // namespace plugbroker::runtime
