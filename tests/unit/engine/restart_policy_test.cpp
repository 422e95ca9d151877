// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/restart_policy.h"

#include <gtest/gtest.h>

namespace plugbroker::engine {
namespace {

using namespace std::chrono_literals;

TimePoint at(Duration time) {
  return TimePoint{time};
}

constexpr RestartLimits quarter_second_to_two{.backoff_min = 250ms, .backoff_max = 2s};

TEST(RestartPolicy, AllowsTheFirstStartAtOnce) {
  const RestartPolicy policy(quarter_second_to_two);

  EXPECT_EQ(policy.next_start(at(5s)), at(5s));
}

TEST(RestartPolicy, WaitsTheMinimumAfterTheFirstFailure) {
  RestartPolicy policy(quarter_second_to_two);
  policy.record_failure(at(5s));

  EXPECT_EQ(policy.next_start(at(5s)), at(5s + 250ms));
}

TEST(RestartPolicy, DoublesTheWaitWithEachFailureInARowUpToTheMaximum) {
  RestartPolicy policy(quarter_second_to_two);

  policy.record_failure(at(0s));
  policy.record_failure(at(10s));
  EXPECT_EQ(policy.next_start(at(10s)), at(10s + 500ms));
  policy.record_failure(at(20s));
  EXPECT_EQ(policy.next_start(at(20s)), at(21s));
  policy.record_failure(at(30s));
  EXPECT_EQ(policy.next_start(at(30s)), at(32s));
  policy.record_failure(at(40s));
  EXPECT_EQ(policy.next_start(at(40s)), at(42s));
}

TEST(RestartPolicy, AllowsAStartOnceTheWaitIsOver) {
  RestartPolicy policy(quarter_second_to_two);
  policy.record_failure(at(5s));

  EXPECT_EQ(policy.next_start(at(6s)), at(6s));
}

TEST(RestartPolicy, BeginsAnewAfterASuccess) {
  RestartPolicy policy(quarter_second_to_two);
  for (int i = 0; i < 5; ++i) policy.record_failure(at(5s));

  policy.record_success();
  EXPECT_EQ(policy.failures_in_a_row(), 0u);
  EXPECT_EQ(policy.next_start(at(5s)), at(5s));
  policy.record_failure(at(6s));

  EXPECT_EQ(policy.next_start(at(6s)), at(6s + 250ms));
}

TEST(RestartPolicy, NeverWaitsLongerThanAMaximumBelowTheMinimum) {
  RestartPolicy policy({.backoff_min = 5s, .backoff_max = 1s});
  policy.record_failure(at(0s));

  EXPECT_EQ(policy.next_start(at(0s)), at(1s));
}

TEST(RestartPolicy, StaysAtTheMaximumThroughAnyNumberOfFailures) {
  RestartPolicy policy({.backoff_min = 1us, .backoff_max = 24h});
  for (int i = 0; i < 10'000; ++i) policy.record_failure(at(0s));

  EXPECT_EQ(policy.next_start(at(0s)), at(24h));
  EXPECT_EQ(policy.failures_in_a_row(), 10'000u);
}

}  // namespace
}  // namespace plugbroker::engine
