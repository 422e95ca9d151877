// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/restart_policy.h"

#include <gtest/gtest.h>

#include <set>

namespace plugbroker::engine {
namespace {

using namespace std::chrono_literals;

TimePoint at(Duration time) {
  return TimePoint{time};
}

/// The breaker never opens.
constexpr RestartLimits quarter_second_to_two{.backoff_min = 250ms, .backoff_max = 2s, .breaker = {.failures = 0}};

/// No back-off to speak of, and no jitter.
constexpr RestartLimits two_in_a_minute{
    .breaker = {.failures = 2, .window = 60s, .probe_after = 10s, .probe_after_max = 30s, .jitter_percent = 0}};

RestartPolicy open_breaker() {
  RestartPolicy policy(two_in_a_minute);
  policy.record_failure(at(0s));
  policy.record_failure(at(1s));
  return policy;
}

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

  policy.record_proof(false);
  EXPECT_EQ(policy.failures_in_a_row(), 0u);
  EXPECT_EQ(policy.next_start(at(5s)), at(5s));
  policy.record_failure(at(6s));

  EXPECT_EQ(policy.next_start(at(6s)), at(6s + 250ms));
}

TEST(RestartPolicy, NeverWaitsLongerThanAMaximumBelowTheMinimum) {
  RestartPolicy policy({.backoff_min = 5s, .backoff_max = 1s, .breaker = {.failures = 0}});
  policy.record_failure(at(0s));

  EXPECT_EQ(policy.next_start(at(0s)), at(1s));
}

TEST(RestartPolicy, StaysAtTheMaximumThroughAnyNumberOfFailures) {
  RestartPolicy policy({.backoff_min = 1us, .backoff_max = 24h, .breaker = {.failures = 0}});
  for (int i = 0; i < 10'000; ++i) policy.record_failure(at(0s));

  EXPECT_EQ(policy.next_start(at(0s)), at(24h));
  EXPECT_EQ(policy.failures_in_a_row(), 10'000u);
}

TEST(RestartPolicy, DoesNotWaitAfterTheFailureOfAWorkerThatHadProvedItself) {
  RestartPolicy policy(quarter_second_to_two);
  policy.record_failure(at(5s), {.proved = true});

  EXPECT_EQ(policy.next_start(at(5s)), at(5s));
}

TEST(RestartPolicy, LetsOneProbeThroughAfterTheBreakerHasBeenOpenLongEnough) {
  RestartPolicy policy = open_breaker();

  EXPECT_EQ(policy.breaker(), BreakerState::open);
  EXPECT_EQ(policy.next_start(at(1s)), at(11s));
  EXPECT_EQ(policy.next_start(at(12s)), at(12s));
  policy.begin_probe();

  EXPECT_EQ(policy.breaker(), BreakerState::half_open);
  EXPECT_EQ(policy.next_start(at(12s)), far_future);
}

TEST(RestartPolicy, CountsFailuresOfProvedWorkersForTheBreaker) {
  RestartPolicy policy(two_in_a_minute);
  policy.record_failure(at(0s), {.proved = true});

  EXPECT_TRUE(policy.record_failure(at(1s), {.proved = true}));

  EXPECT_EQ(policy.breaker(), BreakerState::open);
}

TEST(RestartPolicy, ForgetsFailuresThatHaveLeftTheWindow) {
  RestartPolicy policy(two_in_a_minute);
  policy.record_failure(at(0s));
  EXPECT_EQ(policy.failures_in_window(at(60s - 1us)), 1u);
  EXPECT_EQ(policy.failures_in_window(at(60s)), 0u);

  policy.record_failure(at(60s));

  EXPECT_EQ(policy.breaker(), BreakerState::closed);
}

TEST(RestartPolicy, ClosesTheBreakerWhenTheProbeHasProvedItselfAndForgetsAllFailures) {
  RestartPolicy policy = open_breaker();
  policy.begin_probe();

  EXPECT_FALSE(policy.record_proof(false));
  EXPECT_TRUE(policy.record_proof(true));

  EXPECT_EQ(policy.breaker(), BreakerState::closed);
  EXPECT_EQ(policy.failures_in_window(at(12s)), 0u);
  EXPECT_EQ(policy.next_start(at(12s)), at(12s));
}

TEST(RestartPolicy, DoublesTheWaitWithEachProbeThatFailsUpToTheMaximum) {
  RestartPolicy policy = open_breaker();

  policy.begin_probe();
  policy.record_failure(at(20s), {.probe = true});
  EXPECT_EQ(policy.next_start(at(20s)), at(40s));
  policy.begin_probe();
  policy.record_failure(at(40s), {.probe = true});

  EXPECT_EQ(policy.next_start(at(40s)), at(70s));
  EXPECT_EQ(policy.breaker(), BreakerState::open);
}

TEST(RestartPolicy, BeginsWithTheShortestWaitAfterTheBreakerWasClosed) {
  RestartPolicy policy = open_breaker();
  policy.begin_probe();
  policy.record_failure(at(20s), {.probe = true});
  policy.begin_probe();
  policy.record_proof(true);

  policy.record_failure(at(50s));
  policy.record_failure(at(51s));

  EXPECT_EQ(policy.next_start(at(51s)), at(61s));
}

TEST(RestartPolicy, IsNotMovedByFailuresOfOtherWorkersWhileTheBreakerIsOpen) {
  RestartPolicy policy = open_breaker();
  policy.record_failure(at(5s));
  EXPECT_EQ(policy.next_start(at(5s)), at(11s));
  policy.begin_probe();

  EXPECT_FALSE(policy.record_failure(at(12s)));

  EXPECT_EQ(policy.breaker(), BreakerState::half_open);
  EXPECT_EQ(policy.failures_in_window(at(12s)), 2u);
}

TEST(RestartPolicy, AllowsAnotherProbeAtOnceWhenOneWasEndedOnPurpose) {
  RestartPolicy policy = open_breaker();
  policy.begin_probe();

  policy.probe_gone(at(12s));

  EXPECT_EQ(policy.breaker(), BreakerState::open);
  EXPECT_EQ(policy.next_start(at(12s)), at(12s));
}

TEST(RestartPolicy, MakesProbesLaterByAShareThatTheSeedDecides) {
  RestartLimits limits = two_in_a_minute;
  limits.breaker.jitter_percent = 50;
  std::set<TimePoint> probes;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    RestartPolicy policy(limits, seed);
    RestartPolicy again(limits, seed);
    for (RestartPolicy* each : {&policy, &again}) {
      each->record_failure(at(0s));
      each->record_failure(at(1s));
    }
    EXPECT_EQ(policy.next_start(at(1s)), again.next_start(at(1s)));
    probes.insert(policy.next_start(at(1s)));
  }

  EXPECT_GT(probes.size(), 15u);
  EXPECT_GE(*probes.begin(), at(11s));
  EXPECT_LE(*probes.rbegin(), at(16s));
}

}  // namespace
}  // namespace plugbroker::engine
