// SPDX-License-Identifier: Apache-2.0
// GOAWAY in both directions loses no call.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/engine/engine_world.h"

namespace plugbroker::engine::testing {
namespace {

using protocol::FrameType;
using ::testing::ElementsAre;

void go_away(const FakeWorker& worker, std::uint64_t last_stream) {
  worker.channel.send([&](auto& writer) { writer.goaway({.last_stream = last_stream}); });
}

void expect_never_seen(const SeenEnd& end) {
  EXPECT_EQ(end.status, StatusCode::unavailable);
  EXPECT_EQ(end.retry, RetryClass::safe);
  EXPECT_EQ(end.origin, Origin::broker);
  EXPECT_FALSE(end.worker_received);
}

TEST(WorkersGoAway, GivesCallsItHasNotAcceptedToAnotherWorker) {
  EngineWorld world(one_pool(2, 2, 2));
  const FakeWorker leaving = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo", "accepted");
  client.request(2, "echo", "not accepted");

  go_away(leaving, 1);
  const FakeWorker other = world.start_worker();
  leaving.channel.reply(1, "from the one");
  other.channel.reply(1, "from the other");

  EXPECT_THAT(other.channel.messages_of(1), ElementsAre("not accepted"));
  EXPECT_EQ(client.reply_of(1), "from the one");
  EXPECT_EQ(client.reply_of(2), "from the other");
  EXPECT_EQ(client.end_of(2).status, StatusCode::ok);
  EXPECT_EQ(world.snapshot().buffered_bytes, 0u);
}

TEST(WorkersGoAway, GivesThemBackInTheirOrder) {
  EngineWorld world(one_pool(1, 1, 3));
  const FakeWorker leaving = world.start_worker();
  FakePeer& client = world.connect_client();
  for (const std::uint64_t stream : {1u, 2u, 3u, 4u}) client.request(stream, "echo", std::to_string(stream));

  go_away(leaving, 0);
  world.kill(leaving, 0);
  world.advance(world.pool().next_start > world.now ? world.pool().next_start - world.now : 0s);
  const FakeWorker next = world.start_worker();

  EXPECT_THAT(next.channel.messages_of(1), ElementsAre("1"));
  EXPECT_THAT(next.channel.messages_of(2), ElementsAre("2"));
  EXPECT_THAT(next.channel.messages_of(3), ElementsAre("3"));
}

TEST(WorkersGoAway, SendsAStreamAgainFromItsFirstMessage) {
  EngineWorld world(one_pool(2, 2, 1));
  const FakeWorker leaving = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo", {}, 30s, no_message);
  client.data(1, "one");
  client.data(1, "tw", more);

  go_away(leaving, 0);
  const FakeWorker other = world.start_worker();
  client.data(1, "o");
  client.data(1, {}, half_close);

  EXPECT_THAT(other.channel.messages_of(1), ElementsAre("one", "two"));
  EXPECT_TRUE(other.channel.half_closed(1));
}

TEST(WorkersGoAway, CountsTheStreamsCreditOnceForWhatIsSentTwice) {
  EngineWorld world(one_pool(2, 2, 1));
  const FakeWorker leaving = world.start_worker();
  FakePeer& client = world.connect_client();
  const std::string part(40'000, 'p');
  client.request(1, "echo", part, 30s, 0);
  EXPECT_EQ(client.credit_for(1), 0u);

  go_away(leaving, 0);
  const FakeWorker other = world.start_worker();
  other.channel.window(1, 10'000'000);
  for (int i = 0; i < 20; ++i) client.data(1, part);

  EXPECT_EQ(other.channel.messages_of(1).size(), 21u);
  EXPECT_FALSE(client.closed_by_broker);
}

TEST(WorkersGoAway, EndsACallThatItHasNotAcceptedAndThatCannotBeSentAgain) {
  EngineWorld world(one_pool(2, 2, 1));
  const FakeWorker leaving = world.start_worker();
  FakePeer& client = world.connect_client();
  const std::string part(60'000, 'p');
  client.request(1, "echo", part, 30s, 0);
  for (int i = 0; i < 3; ++i) client.data(1, part);  // More than the broker keeps.
  EXPECT_GT(client.credit_for(1), 0u);

  go_away(leaving, 0);

  expect_never_seen(client.end_of(1));
  EXPECT_EQ(world.snapshot().buffered_bytes, 0u);
}

TEST(WorkersGoAway, FreesTheSlotOfACancelledCallThatItHasNotAccepted) {
  EngineWorld world(one_pool());
  const FakeWorker leaving = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  client.cancel(1);

  go_away(leaving, 0);

  EXPECT_EQ(world.pool().workers.at(0).calls_in_progress, 0u);
  EXPECT_EQ(client.end_of(1).status, StatusCode::cancelled);
  world.advance(1min);
  EXPECT_FALSE(world.logged("call_hung"));
}

TEST(WorkersGoAway, LetsItsFramesForCallsThatItRefusedMeanNothing) {
  EngineWorld world(one_pool(1, 1, 2));
  const FakeWorker leaving = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  client.request(2, "echo");

  go_away(leaving, 1);
  leaving.channel.data(2, "late");
  leaving.channel.end(2, {.status = StatusCode::unavailable, .origin = Origin::worker});
  leaving.channel.end(1);

  EXPECT_FALSE(world.logged("protocol_error"));
  EXPECT_FALSE(client.has_end(2));
  EXPECT_EQ(client.end_of(1).status, StatusCode::ok);
}

TEST(WorkersGoAway, WhileTheBrokerStopsEndsWhatWasNotAccepted) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  world.stop(1min);

  go_away(worker, 0);

  expect_never_seen(client.end_of(1));
}

TEST(WorkersGoAway, DoesNotGiveBackACallWhoseDeadlineThenPasses) {
  EngineWorld world(one_pool());
  const FakeWorker leaving = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo", {}, 2s);
  world.advance(1s);

  go_away(leaving, 0);
  world.advance(1s);

  EXPECT_EQ(client.end_of(1).status, StatusCode::deadline_exceeded);
  EXPECT_EQ(client.end_of(1).retry, RetryClass::safe);
  EXPECT_FALSE(client.end_of(1).worker_received);
}

TEST(BrokersGoAway, NamesTheLastCallAcceptedAndRefusesEveryOneAbove) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(5, "echo");

  world.stop(1min);
  client.request(6, "echo");
  worker.channel.reply(1, "finished");

  EXPECT_EQ(client.goaway().last_stream, 5u);
  expect_never_seen(client.end_of(6));
  EXPECT_EQ(client.reply_of(5), "finished");
  EXPECT_EQ(client.end_of(5).status, StatusCode::ok);
}

TEST(BrokersGoAway, LetsAStreamGoOnInBothDirections) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo", {}, 30s, no_message);

  world.stop(1min);
  client.data(1, "still");
  worker.channel.data(1, "here");
  client.data(1, {}, half_close);
  worker.channel.end(1);

  EXPECT_THAT(worker.channel.messages_of(1), ElementsAre("still"));
  EXPECT_THAT(client.messages_of(1), ElementsAre("here"));
  EXPECT_EQ(client.end_of(1).status, StatusCode::ok);
  EXPECT_TRUE(client.closed_by_broker);
}

TEST(ClientsGoAway, LetsItsCallsFinish) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");

  client.send([](auto& writer) { writer.goaway({}); });
  worker.channel.reply(1, "done");

  EXPECT_EQ(client.reply_of(1), "done");
  EXPECT_EQ(client.end_of(1).status, StatusCode::ok);
}

TEST(GoAway, OfAWorkerThatIsUnavailableBeforeItTookACallIsAFailure) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();

  worker.channel.send([](auto& writer) { writer.goaway({.status = StatusCode::unavailable, .message = "no disk"}); });
  world.kill(worker, 0);

  EXPECT_EQ(world.pool().workers_failed, 1u);
  EXPECT_EQ(world.pool().last_failure, "worker went away before it had taken a call: unavailable: no disk");
  EXPECT_TRUE(world.start_requests.empty());
}

TEST(GoAway, OfAWorkerThatComplainsIsAFailureWhateverItHasDone) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  worker.channel.reply(1, "done");

  worker.channel.send([](auto& writer) { writer.goaway({.status = StatusCode::invalid_argument, .message = "why"}); });
  world.kill(worker, 0);

  EXPECT_EQ(world.pool().workers_failed, 1u);
  EXPECT_EQ(world.pool().last_failure, "worker says that the broker broke the protocol: why");
}

TEST(ClientsGoAway, ThatTellsOfAProtocolErrorClosesItsConnectionAndCancelsItsCalls) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");

  client.send([](auto& writer) {
    writer.goaway({.last_stream = 0, .status = StatusCode::invalid_argument, .message = "DATA after END"});
  });

  EXPECT_TRUE(client.closed_by_broker);
  EXPECT_EQ(worker.channel.seen(FrameType::cancel, 1).size(), 1u);
  EXPECT_NE(world.logs("client_complains").at(0).message.find("DATA after END"), std::string::npos);
  EXPECT_EQ(world.snapshot().protocol_errors, 0u);
}

}  // namespace
}  // namespace plugbroker::engine::testing
