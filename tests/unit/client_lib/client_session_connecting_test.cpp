// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "client_lib/core/client_session.h"
#include "tests/unit/client_lib/session_fixture.h"

namespace plugbroker::client {
namespace {

using Kind = ConnectFailureKind;

/// What a call ends with when the first attempt to connect fails so.
CallOutcome outcome_after(ConnectFailure failure) {
  SessionFixture f;
  f.submit(call_to("echo"), at(0s));
  f.session.connect_failed(std::move(failure), at(0s));
  return f.only_outcome();
}

TEST(ClientSessionConnecting, TellsTheKindsOfFailureApart) {
  EXPECT_EQ(outcome_after(failed(Kind::not_installed)).status, StatusCode::failed_precondition);
  EXPECT_EQ(outcome_after(failed(Kind::stopped)).status, StatusCode::unavailable);
  EXPECT_EQ(outcome_after(failed(Kind::unreachable)).status, StatusCode::unavailable);
  EXPECT_EQ(outcome_after(failed(Kind::access_denied)).status, StatusCode::permission_denied);
  EXPECT_EQ(outcome_after(failed(Kind::wrong_owner)).status, StatusCode::permission_denied);
  EXPECT_EQ(outcome_after(failed(Kind::not_our_peer)).status, StatusCode::failed_precondition);
}

TEST(ClientSessionConnecting, GivesTheWordsOfTheFailure) {
  const CallOutcome outcome = outcome_after(failed(Kind::stopped, "the service is stopped"));

  EXPECT_EQ(outcome.message, "the service is stopped");
  EXPECT_EQ(outcome.retry, RetryClass::after_backoff);
  EXPECT_FALSE(outcome.worker_received);
}

TEST(ClientSessionConnecting, KeepsCallsWaitingWhileTheServiceIsStarting) {
  SessionFixture f;
  f.submit(call_to("echo", "", at(1s)), at(0s));

  f.session.connect_failed(failed(Kind::starting, "the service is starting"), at(0s));
  const auto meanwhile = f.take_finished();
  const bool again = f.session.connect_due(at(10ms));
  f.session.on_time(at(1s));

  EXPECT_TRUE(meanwhile.empty());
  EXPECT_TRUE(again);
  const CallOutcome outcome = f.only_outcome();
  EXPECT_EQ(outcome.status, StatusCode::deadline_exceeded);
  EXPECT_NE(outcome.message.find("the service is starting"), std::string::npos);
}

TEST(ClientSessionConnecting, KeepsCallsWaitingWhileThePipeIsBusyAndSendsThemThen) {
  SessionFixture f;
  f.submit(call_to("echo"), at(0s));
  for (int i = 0; i < 20; ++i) f.session.connect_failed(failed(Kind::busy), at(i * 1s));

  f.connect(at(30s));

  ASSERT_EQ(f.write().size(), 1u);
  EXPECT_TRUE(f.take_finished().empty());
}

TEST(ClientSessionConnecting, WaitsBetweenAttempts) {
  SessionFixture f;
  f.submit(call_to("echo"), at(0s));

  f.session.connect_failed(failed(Kind::busy), at(0s));

  EXPECT_FALSE(f.session.connect_due(at(0s)));
  EXPECT_TRUE(f.session.connect_due(f.session.next_timer()));
}

TEST(ClientSessionConnecting, GivesUpAfterThreeConnectionsInARowThatEndedWhileOpening) {
  SessionFixture f;
  f.submit(call_to("echo"), at(0s));
  for (int i = 0; i < 2; ++i) f.session.lost(f.session.connected(at(0s)), "closed", at(0s));
  const auto after_two = f.take_finished();

  f.session.lost(f.session.connected(at(0s)), "closed", at(0s));

  EXPECT_TRUE(after_two.empty());
  EXPECT_EQ(f.only_outcome().status, StatusCode::unavailable);
}

TEST(ClientSessionConnecting, GivesUpAConnectionWhoseServerSaysNothing) {
  SessionFixture f;
  f.submit(call_to("echo", "", at(20s)), at(0s));
  const ConnectionId silent = f.session.connected(at(0s));

  f.session.on_time(at(4999ms));
  const bool early = f.session.wants_close(silent, at(4999ms));
  f.session.on_time(at(5s));

  EXPECT_FALSE(early);
  EXPECT_TRUE(f.session.wants_close(silent, at(5s)));
}

TEST(ClientSessionConnecting, EndsCallsWithTheStatusOfARefusal) {
  SessionFixture f;
  f.submit(call_to("echo"), at(0s));
  f.current = f.session.connected(at(0s));
  f.write();

  f.receive(f.server().refusal(StatusCode::resource_exhausted, "too many sessions"));

  const CallOutcome outcome = f.only_outcome();
  EXPECT_EQ(outcome.status, StatusCode::resource_exhausted);
  EXPECT_EQ(outcome.origin, Origin::broker);
  EXPECT_EQ(outcome.retry, RetryClass::after_backoff);
  EXPECT_NE(outcome.message.find("too many sessions"), std::string::npos);
}

TEST(ClientSessionConnecting, IsReadyOnceTheServerHasAccepted) {
  SessionFixture f;
  f.await_ready(at(1s), at(0s));
  const bool due = f.session.connect_due(at(0s));

  f.connect();

  EXPECT_TRUE(due);
  EXPECT_EQ(f.only_outcome().status, StatusCode::ok);
}

TEST(ClientSessionConnecting, IsReadyAtOnceWhenConnected) {
  SessionFixture f;
  f.connect();

  f.await_ready(at(1s), at(0s));

  EXPECT_EQ(f.only_outcome().status, StatusCode::ok);
}

TEST(ClientSessionConnecting, WaitsForReadyWhileTheServiceIsStoppedAndThenSaysSo) {
  SessionFixture f;
  f.await_ready(at(1s), at(0s));

  f.session.connect_failed(failed(Kind::stopped, "the service is stopped"), at(0s));
  const auto meanwhile = f.take_finished();
  f.session.on_time(at(1s));

  EXPECT_TRUE(meanwhile.empty());
  const CallOutcome outcome = f.only_outcome();
  EXPECT_EQ(outcome.status, StatusCode::unavailable);
  EXPECT_NE(outcome.message.find("the service is stopped"), std::string::npos);
}

TEST(ClientSessionConnecting, DoesNotWaitForReadyWhenThePipeIsSomebodyElses) {
  SessionFixture f;
  f.await_ready(at(1s), at(0s));

  f.session.connect_failed(failed(Kind::wrong_owner), at(0s));

  EXPECT_EQ(f.only_outcome().status, StatusCode::permission_denied);
}

TEST(ClientSessionConnecting, LogsARepeatedFailureOnce) {
  SessionFixture f;
  f.submit(call_to("echo"), at(0s));
  for (int i = 0; i < 5; ++i) f.session.connect_failed(failed(Kind::busy, "busy"), at(0s));

  const auto lines = f.session.take_log();

  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].text, "busy");
}

}  // namespace
}  // namespace plugbroker::client
