// SPDX-License-Identifier: Apache-2.0
// Calls that are sent again.
#include <gtest/gtest.h>

#include "client_lib/core/client_session.h"
#include "tests/unit/client_lib/session_fixture.h"

namespace plugbroker::client {
namespace {

using protocol::FrameType;

/// A connected session with one sent call that may be sent again `retries` times.
struct WithRetries : SessionFixture {
  explicit WithRetries(std::uint32_t retries, std::string_view payload = "x", TimePoint deadline = at(10s)) {
    Call& call = calls.add(1, call_to("echo", payload, deadline));
    call.retries = retries;
    connect();
    session.submit(call, at(0s));
    write();
  }
  void fail(std::uint64_t stream, protocol::EndMeta end, TimePoint now = at(0s)) {
    server().write().end(stream, end);
    receive(server().take(), now);
  }
};

constexpr protocol::EndMeta overloaded{
    .status = StatusCode::resource_exhausted, .retry = RetryClass::after_backoff, .origin = Origin::broker};

TEST(CallRetry, SendsACallAgainThatNoWorkerSaw) {
  WithRetries f(1);

  f.fail(1, overloaded);
  const auto ended = f.take_finished();
  f.session.on_time(at(10ms));
  const auto frames = f.write(at(10ms));

  EXPECT_TRUE(ended.empty());
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].header.type, FrameType::request);
  EXPECT_EQ(frames[0].header.stream_id, 2u);
  EXPECT_EQ(frames[0].payload, "x");
}

TEST(CallRetry, CountsTheAttempts) {
  WithRetries f(1);
  f.fail(1, overloaded);
  f.session.on_time(at(10ms));
  f.write(at(10ms));

  f.receive(f.server().reply(2, "y"), at(20ms));

  const CallOutcome outcome = f.only_outcome();
  EXPECT_EQ(outcome.status, StatusCode::ok);
  EXPECT_EQ(text_of(outcome.data), "y");
  EXPECT_EQ(outcome.attempts, 2u);
}

TEST(CallRetry, IsOffUnlessAskedFor) {
  WithRetries f(0);

  f.fail(1, overloaded);

  EXPECT_EQ(f.only_outcome().status, StatusCode::resource_exhausted);
}

TEST(CallRetry, EndsWithTheLastFailureWhenNoneIsLeft) {
  WithRetries f(1);
  f.fail(1, overloaded);
  f.session.on_time(at(10ms));
  f.write(at(10ms));

  f.fail(2, {.status = StatusCode::unavailable, .retry = RetryClass::safe}, at(20ms));

  const CallOutcome outcome = f.only_outcome();
  EXPECT_EQ(outcome.status, StatusCode::unavailable);
  EXPECT_EQ(outcome.attempts, 2u);
}

TEST(CallRetry, NeverRepeatsACallThatAWorkerMayHaveSeen) {
  WithRetries f(5);

  f.fail(1, {.status = StatusCode::unavailable, .retry = RetryClass::safe, .worker_received = true});

  EXPECT_EQ(f.only_outcome().status, StatusCode::unavailable);
}

TEST(CallRetry, NeverRepeatsACallWhoseFailureForbidsIt) {
  WithRetries f(5);

  f.fail(1, {.status = StatusCode::not_found, .retry = RetryClass::never});

  EXPECT_EQ(f.only_outcome().status, StatusCode::not_found);
}

TEST(CallRetry, NeverRepeatsACallWhoseReplyHasBegun) {
  WithRetries f(5);
  f.server().write().data(1, protocol::flag_more, bytes_of("part"));

  f.fail(1, overloaded);

  EXPECT_EQ(f.only_outcome().status, StatusCode::resource_exhausted);
}

TEST(CallRetry, NeverRepeatsARequestAboveTheLimitButOneAtIt) {
  const std::string at_limit(ClientSession::max_retried_bytes, 'x');
  const std::string above(ClientSession::max_retried_bytes + 1, 'x');
  WithRetries small(1, at_limit);
  WithRetries large(1, above);

  small.fail(1, overloaded);
  large.fail(1, overloaded);

  EXPECT_TRUE(small.take_finished().empty());
  EXPECT_EQ(large.only_outcome().status, StatusCode::resource_exhausted);
}

TEST(CallRetry, WaitsAsLongAsTheServiceAsks) {
  WithRetries f(1);
  protocol::EndMeta end = overloaded;
  end.retry_after_us = 2'000'000;
  f.fail(1, end);

  f.session.on_time(at(1999ms));
  const auto early = f.write(at(1999ms));
  f.session.on_time(at(2s));

  EXPECT_TRUE(early.empty());
  EXPECT_EQ(f.write(at(2s)).size(), 1u);
}

TEST(CallRetry, EndsAtOnceWhenTheWaitWouldPassTheDeadline) {
  WithRetries f(1, "x", at(1s));
  protocol::EndMeta end = overloaded;
  end.retry_after_us = 1'000'000;

  f.fail(1, end);

  EXPECT_EQ(f.only_outcome().status, StatusCode::resource_exhausted);
}

TEST(CallRetry, DrawsItsWaitsWithinBoundsThatDouble) {
  CallRetry retry(7);
  CallOutcome outcome;
  outcome.status = StatusCode::unavailable;
  outcome.retry = RetryClass::safe;
  for (int round = 0; round < 1000; ++round) {
    outcome.attempts = 1 + static_cast<std::uint32_t>(round) % 12;
    const auto again = retry.next(outcome, 1, at(1h), at(0s));
    ASSERT_TRUE(again);
    const Duration bound = std::min(CallRetry::first * (1 << std::min(outcome.attempts - 1, 10u)), CallRetry::longest);
    EXPECT_LE(*again, at(bound));
  }
}

TEST(CallRetry, CanBeCancelledWhileItWaits) {
  WithRetries f(1);
  f.fail(1, overloaded);

  f.cancel(1);
  f.session.on_time(at(10ms));

  EXPECT_EQ(f.only_outcome().status, StatusCode::cancelled);
  EXPECT_TRUE(f.write(at(10ms)).empty());
  EXPECT_EQ(f.session.next_timer(), far_future);
}

TEST(CallRetry, SendsWhatTheServerDidNotAcceptOnANewConnectionWithoutBeingAsked) {
  WithRetries f(0);

  f.receive(f.server().goaway(0));
  const auto ended = f.take_finished();
  const bool due = f.session.connect_due(at(0s));
  f.connect();
  const auto frames = f.write();

  EXPECT_TRUE(ended.empty());
  EXPECT_TRUE(due);
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].payload, "x");
}

TEST(CallRetry, LeavesWhatTheServerAcceptedWhereItIs) {
  WithRetries f(0);

  f.receive(f.server().goaway(1));

  EXPECT_FALSE(f.session.connect_due(at(0s)));
  EXPECT_TRUE(f.take_finished().empty());
}

TEST(CallRetry, WaitsForAServiceThatIsNotThereWhenAskedTo) {
  SessionFixture f;
  f.calls.add(1, call_to("patient")).wait_for_ready = true;
  f.calls.add(2, call_to("impatient"));
  f.session.submit(f.calls[1], at(0s));
  f.session.submit(f.calls[2], at(0s));

  f.session.connect_failed(failed(ConnectFailureKind::not_installed), at(0s));

  const auto finished = f.take_finished();
  ASSERT_EQ(finished.size(), 1u);
  EXPECT_EQ(finished[0].call, 2);
  EXPECT_EQ(finished[0].outcome.status, StatusCode::failed_precondition);
}

}  // namespace
}  // namespace plugbroker::client
