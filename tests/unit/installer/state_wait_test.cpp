// SPDX-License-Identifier: Apache-2.0
#include "installer/state_wait.h"

#include <gtest/gtest.h>
#include <windows.h>

namespace plugbroker::installer {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint at(Duration time) {
  return TimePoint{time};
}

TEST(StateWait, EndsWhenTheStateIsReached) {
  StateWait wait{SERVICE_RUNNING, at(0s)};

  EXPECT_EQ(wait.observe({.state = SERVICE_START_PENDING}, at(1s)), WaitVerdict::keep_waiting);
  EXPECT_EQ(wait.observe({.state = SERVICE_RUNNING}, at(2s)), WaitVerdict::reached);
}

TEST(StateWait, GivesUpOnAServiceThatStopsWhileItStarts) {
  StateWait wait{SERVICE_RUNNING, at(0s)};

  EXPECT_EQ(wait.observe({.state = SERVICE_STOPPED}, at(1s)), WaitVerdict::gave_up);
}

TEST(StateWait, WaitsOnWhileCheckpointsGrow) {
  StateWait wait{SERVICE_STOPPED, at(0s)};

  EXPECT_EQ(wait.observe({.state = SERVICE_STOP_PENDING, .checkpoint = 1}, at(9s)), WaitVerdict::keep_waiting);
  EXPECT_EQ(wait.observe({.state = SERVICE_STOP_PENDING, .checkpoint = 2}, at(18s)), WaitVerdict::keep_waiting);
  EXPECT_EQ(wait.observe({.state = SERVICE_STOP_PENDING, .checkpoint = 2}, at(28s)), WaitVerdict::stuck);
}

TEST(StateWait, GrantsTwiceTheWaitHint) {
  StateWait wait{SERVICE_STOPPED, at(0s)};
  const ServiceObservation seen{.state = SERVICE_STOP_PENDING, .checkpoint = 1, .wait_hint = 20s};

  EXPECT_EQ(wait.observe(seen, at(1s)), WaitVerdict::keep_waiting);
  EXPECT_EQ(wait.observe(seen, at(50s)), WaitVerdict::keep_waiting);
  EXPECT_EQ(wait.observe(seen, at(51s)), WaitVerdict::stuck);
}

TEST(StateWait, EndsAfterFiveMinutesWhateverTheCheckpoints) {
  StateWait wait{SERVICE_STOPPED, at(0s)};

  EXPECT_EQ(wait.observe({.state = SERVICE_STOP_PENDING, .checkpoint = 7}, at(5min)), WaitVerdict::stuck);
}

TEST(StateWait, LooksAgainAfterATenthOfTheHintWithinBounds) {
  EXPECT_EQ(StateWait::pause_after({.wait_hint = 0s}), 100ms);
  EXPECT_EQ(StateWait::pause_after({.wait_hint = 5s}), 500ms);
  EXPECT_EQ(StateWait::pause_after({.wait_hint = 1h}), 1s);
}

}  // namespace
}  // namespace plugbroker::installer
