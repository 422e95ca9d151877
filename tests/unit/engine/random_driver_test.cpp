// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/engine/random_driver.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace plugbroker::engine::testing {
namespace {

constexpr std::uint64_t seeds = 200;

TEST(RandomDriver, FindsEveryCallEndedOnceAndNothingLeftBehindForAnySeed) {
  std::map<StatusCode, int> outcomes;
  std::uint64_t workers_failed = 0;
  std::uint64_t calls_repeated = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const RandomDriver::Report report = RandomDriver(seed, {}).run();
    EXPECT_EQ(report.violations, std::vector<std::string>{}) << "seed " << seed;
    for (const auto& [status, count] : report.outcomes) outcomes[status] += count;
    workers_failed += report.workers_failed;
    calls_repeated += report.calls_repeated;
  }

  // The runs are worth something only if they get everywhere.
  for (const StatusCode status :
       {StatusCode::ok, StatusCode::cancelled, StatusCode::deadline_exceeded, StatusCode::not_found,
        StatusCode::resource_exhausted, StatusCode::unavailable, StatusCode::internal}) {
    EXPECT_GT(outcomes[status], 20) << to_string(status);
  }
  EXPECT_GT(workers_failed, seeds);
  EXPECT_GT(calls_repeated, 20u);
}

TEST(RandomDriver, NoticesWhenClientsLoseAnEnd) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const RandomDriver::Report report = RandomDriver(seed, {.lose_ends = true}).run();
    EXPECT_FALSE(report.violations.empty()) << "seed " << seed;
  }
}

TEST(RandomDriver, NoticesWhenClientsLoseAMessage) {
  std::size_t found = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const RandomDriver::Report report = RandomDriver(seed, {.lose_messages = true}).run();
    found += static_cast<std::size_t>(std::ranges::count_if(
        report.violations, [](const std::string& text) { return text.find("message") != std::string::npos; }));
  }
  EXPECT_GT(found, 5u);  // Not every client gets a reply to its end.
}

TEST(RandomDriver, DoesTheSameForTheSameSeed) {
  const RandomDriver::Report once = RandomDriver(7, {}).run();
  const RandomDriver::Report again = RandomDriver(7, {}).run();

  EXPECT_EQ(once.outcomes, again.outcomes);
  EXPECT_EQ(once.workers_started, again.workers_started);
}

}  // namespace
}  // namespace plugbroker::engine::testing
