// SPDX-License-Identifier: Apache-2.0
#include "client_lib/core/client_session.h"

#include <gtest/gtest.h>

#include "tests/unit/client_lib/session_fixture.h"

namespace plugbroker::client {
namespace {

using protocol::FrameType;

TEST(ClientSession, WantsNoConnectionBeforeTheFirstCall) {
  SessionFixture f;

  const bool before = f.session.connect_due(at(0s));
  f.submit(call_to("echo"), at(0s));

  EXPECT_FALSE(before);
  EXPECT_TRUE(f.session.connect_due(at(0s)));
}

TEST(ClientSession, SendsTheWaitingCallsInTheirOrderOnceConnected) {
  SessionFixture f;
  f.submit(call_to("first"), at(0s));
  f.submit(call_to("second"), at(0s));
  f.connect();

  const auto frames = f.write();

  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[0].route(), "first");
  EXPECT_EQ(frames[1].route(), "second");
}

TEST(ClientSession, EndsACallWithItsReply) {
  SessionFixture f;
  const int call = f.submit(call_to("echo", "x"), at(0s));
  f.connect();
  f.write();

  f.receive(f.server().reply(1, "y"));

  const auto finished = f.take_finished();
  ASSERT_EQ(finished.size(), 1u);
  EXPECT_EQ(finished[0].call, call);
  EXPECT_EQ(text_of(finished[0].outcome.data), "y");
  EXPECT_EQ(f.session.next_timer(), far_future);
}

TEST(ClientSession, RefusesARouteThatIsNoRouteWithoutConnecting) {
  SessionFixture f;

  f.submit(call_to("no spaces"), at(0s));

  EXPECT_EQ(f.only_outcome().status, StatusCode::invalid_argument);
  EXPECT_FALSE(f.session.connect_due(at(0s)));
}

TEST(ClientSession, GivesTheServiceAMomentAfterTheDeadlineBeforeItEndsACallItself) {
  SessionFixture f;
  f.submit(call_to("sleep", "", at(1s)), at(0s));
  f.connect();
  f.write();

  f.session.on_time(at(1099ms));
  const auto early = f.take_finished();
  f.session.on_time(at(1100ms));

  EXPECT_TRUE(early.empty());
  const CallOutcome outcome = f.only_outcome();
  EXPECT_EQ(outcome.status, StatusCode::deadline_exceeded);
  EXPECT_EQ(outcome.origin, Origin::client);
  EXPECT_EQ(outcome.retry, RetryClass::never);
  EXPECT_TRUE(outcome.worker_received);
  const auto frames = f.write();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].header.type, FrameType::cancel);
}

TEST(ClientSession, EndsACallThatWasNeverSentAtItsDeadlineAsSafeToRetry) {
  SessionFixture f;
  f.submit(call_to("echo", "", at(1s)), at(0s));

  f.session.on_time(at(1s));

  const CallOutcome outcome = f.only_outcome();
  EXPECT_EQ(outcome.status, StatusCode::deadline_exceeded);
  EXPECT_EQ(outcome.retry, RetryClass::safe);
  EXPECT_FALSE(outcome.worker_received);
}

TEST(ClientSession, CancelsASentCallAtOnceAndTellsTheServer) {
  SessionFixture f;
  const int call = f.submit(call_to("sleep"), at(0s));
  f.connect();
  f.write();

  f.cancel(call);

  const CallOutcome outcome = f.only_outcome();
  EXPECT_EQ(outcome.status, StatusCode::cancelled);
  EXPECT_TRUE(outcome.worker_received);
  const auto frames = f.write();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].header.type, FrameType::cancel);
}

TEST(ClientSession, CancelsAWaitingCallWithoutATrace) {
  SessionFixture f;
  const int call = f.submit(call_to("echo"), at(0s));

  f.cancel(call);
  f.cancel(call);

  EXPECT_FALSE(f.only_outcome().worker_received);
  EXPECT_FALSE(f.session.connect_due(at(0s)));
  EXPECT_EQ(f.session.next_timer(), far_future);
}

TEST(ClientSession, EndsACallOnlyOnceWhenTheReplyComesAfterTheCancel) {
  SessionFixture f;
  const int call = f.submit(call_to("echo"), at(0s));
  f.connect();
  f.write();
  f.cancel(call);
  const CallOutcome first = f.only_outcome();

  f.receive(f.server().reply(1, "too late"));

  EXPECT_EQ(first.status, StatusCode::cancelled);
  EXPECT_TRUE(f.take_finished().empty());
}

TEST(ClientSession, ACancelThatFindsTheServerNoLongerReadingEndsTheOtherCallsToo) {
  SessionFixture f;
  const int cancelled = f.submit(call_to("sleep"), at(0s));
  f.submit(call_to("other"), at(0s));
  f.connect();
  f.write();
  f.server().write().ping(1);
  const std::vector<std::byte> ping = f.server().take();
  for (std::size_t queued = 0; queued + ping.size() <= limits::max_queued_control_bytes; queued += ping.size()) {
    f.receive(ping);
  }
  f.cancel(cancelled);
  f.take_finished();

  f.session.on_time(at(0s));

  const CallOutcome other = f.only_outcome();
  EXPECT_EQ(other.status, StatusCode::unavailable);
  EXPECT_EQ(other.message, "the service has stopped reading");
}

TEST(ClientSession, HoldsBackCallsBeyondTheServersStreams) {
  SessionFixture f;
  f.submit(call_to("a"), at(0s));
  f.submit(call_to("b"), at(0s));
  f.connect(at(0s), {.max_streams = 1});
  const auto first = f.write();

  f.receive(f.server().reply(1, ""));
  const auto second = f.write();

  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].route(), "a");
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].route(), "b");
}

TEST(ClientSession, SendsNewCallsOnANewConnectionAfterAGoawayWhileOldOnesFinish) {
  SessionFixture f;
  f.submit(call_to("old"), at(0s));
  f.connect();
  f.write();
  const ConnectionId old_connection = f.current;
  f.receive(f.server().goaway(1));

  f.submit(call_to("new"), at(0s));
  const bool due = f.session.connect_due(at(0s));
  f.connect();
  const auto on_new = f.write();
  f.session.received(old_connection, f.servers[old_connection].reply(1, "finished"), at(0s));

  EXPECT_TRUE(due);
  ASSERT_EQ(on_new.size(), 1u);
  EXPECT_EQ(on_new[0].route(), "new");
  EXPECT_EQ(text_of(f.only_outcome().data), "finished");
  EXPECT_TRUE(f.session.wants_close(old_connection, at(0s)));
  EXPECT_FALSE(f.session.wants_close(f.current, at(0s)));
}

TEST(ClientSession, SendsACallOnTheNextConnectionWhenNoByteOfItWasWritten) {
  SessionFixture f;
  f.connect();
  f.submit(call_to("echo"), at(0s));

  f.session.lost(f.current, "gone", at(0s));
  const auto ended = f.take_finished();
  f.connect(at(1s));
  const auto frames = f.write(at(1s));

  EXPECT_TRUE(ended.empty());
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].route(), "echo");
}

TEST(ClientSession, NeverSendsACallAgainOnceAByteOfItWasWritten) {
  SessionFixture f;
  f.submit(call_to("echo"), at(0s));
  f.connect();
  f.write();

  f.session.lost(f.current, "gone", at(0s));

  const CallOutcome outcome = f.only_outcome();
  EXPECT_EQ(outcome.status, StatusCode::unavailable);
  EXPECT_EQ(outcome.retry, RetryClass::never);
  EXPECT_TRUE(outcome.worker_received);
  EXPECT_FALSE(f.session.connect_due(at(10s)));
}

TEST(ClientSession, ClosesAfterAProtocolErrorAtTheLatestWhenTheLingerIsOver) {
  SessionFixture f;
  f.connect();
  f.server().write().cancel(1);

  f.receive(f.server().take());
  const bool at_once = f.session.close_overdue(f.current, at(0s));
  const bool later = f.session.close_overdue(f.current, at(1s));

  EXPECT_FALSE(at_once);
  EXPECT_TRUE(later);
  EXPECT_EQ(f.session.next_timer(), at(1s));
}

TEST(ClientSession, EndsEverythingOnceItIsShutDown) {
  SessionFixture f;
  f.submit(call_to("sent"), at(0s));
  f.connect();
  f.write();
  f.submit(call_to("unsent"), at(0s));

  f.session.shut_down(StatusCode::cancelled, "destroyed");
  f.submit(call_to("later"), at(0s));

  const auto finished = f.take_finished();
  ASSERT_EQ(finished.size(), 3u);
  for (const SessionFixture::Finished& call : finished) EXPECT_EQ(call.outcome.status, StatusCode::cancelled);
  EXPECT_TRUE(f.calls[1].outcome.worker_received);
  EXPECT_FALSE(f.calls[2].outcome.worker_received);
  EXPECT_TRUE(f.session.wants_close(f.current, at(0s)));
}

TEST(ClientSession, TakesNoMessageWhoseLengthItCouldNotKeep) {
  SessionSettings settings;
  settings.self.limits.max_payload = ~std::uint64_t{0};
  const ClientSession session{settings};

  EXPECT_EQ(session.max_payload(), 0xFFFF'FFFFu);
}

TEST(ClientSession, ForgetsACallThatCouldNotBeSubmitted) {
  SessionFixture f;
  f.connect();
  f.submit(call_to("echo"), at(0s));

  f.session.forget(f.calls[1]);

  EXPECT_TRUE(f.write().empty());
  EXPECT_EQ(f.session.next_timer(), far_future);
}

}  // namespace
}  // namespace plugbroker::client
