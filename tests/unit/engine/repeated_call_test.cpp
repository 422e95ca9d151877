// SPDX-License-Identifier: Apache-2.0
// A call of an idempotent route whose worker is lost goes to another one, once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/engine/engine_world.h"

namespace plugbroker::engine::testing {
namespace {

using protocol::FrameType;
using ::testing::ElementsAre;

/// "echo" is idempotent, "other" is not.
EngineConfig idempotent(std::uint32_t workers, std::uint32_t concurrency = 1) {
  EngineConfig config = one_pool(workers, workers, concurrency);
  config.pools[0].idempotent_routes = {"echo"};
  return config;
}

void expect_may_have_run(const SeenEnd& end) {
  EXPECT_EQ(end.retry, RetryClass::never);
  EXPECT_EQ(end.origin, Origin::broker);
  EXPECT_TRUE(end.worker_received);
}

TEST(RepeatedCall, IsGivenToAnotherWorkerWhenItsOwnIsLost) {
  EngineWorld world(idempotent(2));
  const FakeWorker lost = world.start_worker();
  const FakeWorker other = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo", "question");

  world.kill(lost);
  other.channel.reply(1, "answer");

  EXPECT_THAT(other.channel.messages_of(1), ElementsAre("question"));
  EXPECT_EQ(client.reply_of(1), "answer");
  EXPECT_EQ(client.end_of(1).status, StatusCode::ok);
  EXPECT_TRUE(client.end_of(1).worker_received);
  EXPECT_EQ(world.pool().calls_repeated, 1u);
  EXPECT_TRUE(world.logged("call_repeated"));
  EXPECT_EQ(world.snapshot().buffered_bytes, 0u);
}

TEST(RepeatedCall, IsRepeatedAlsoWhenItsWorkerBrokeTheProtocol) {
  EngineWorld world(idempotent(2));
  const FakeWorker broken = world.start_worker();
  const FakeWorker other = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo", "question");

  broken.channel.send_bytes(as_byte_view(std::string(64, '!')));
  other.channel.reply(1, "answer");

  EXPECT_EQ(client.reply_of(1), "answer");
  EXPECT_EQ(client.end_of(1).status, StatusCode::ok);
}

TEST(RepeatedCall, GoesOnAsAStream) {
  EngineWorld world(idempotent(2));
  const FakeWorker lost = world.start_worker();
  const FakeWorker other = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo", {}, 30s, no_message);
  client.data(1, "one");

  world.kill(lost);
  client.data(1, "two");
  client.data(1, {}, half_close);

  EXPECT_THAT(other.channel.messages_of(1), ElementsAre("one", "two"));
  EXPECT_TRUE(other.channel.half_closed(1));
}

TEST(RepeatedCall, IsNeverOneOfAnotherRoute) {
  EngineWorld world(idempotent(2));
  const FakeWorker lost = world.start_worker();
  const FakeWorker other = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "other");

  world.kill(lost);

  EXPECT_EQ(client.end_of(1).status, StatusCode::unavailable);
  expect_may_have_run(client.end_of(1));
  EXPECT_EQ(other.channel.count(FrameType::request), 0u);
  EXPECT_EQ(world.pool().calls_repeated, 0u);
}

TEST(RepeatedCall, IsRepeatedOnce) {
  EngineWorld world(idempotent(3));
  const FakeWorker first = world.start_worker();
  const FakeWorker second = world.start_worker();
  const FakeWorker third = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");

  world.kill(first);
  world.kill(second);

  EXPECT_EQ(client.end_of(1).status, StatusCode::unavailable);
  expect_may_have_run(client.end_of(1));
  EXPECT_EQ(third.channel.count(FrameType::request), 0u);
  EXPECT_EQ(world.pool().calls_repeated, 1u);
}

TEST(RepeatedCall, IsNeverOneThatWasAnsweredInPart) {
  EngineWorld world(idempotent(2));
  const FakeWorker lost = world.start_worker();
  const FakeWorker other = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  lost.channel.data(1, "half an ans", more);

  world.kill(lost);

  EXPECT_EQ(client.end_of(1).status, StatusCode::unavailable);
  expect_may_have_run(client.end_of(1));
  EXPECT_EQ(other.channel.count(FrameType::request), 0u);
}

TEST(RepeatedCall, IsNeverOneWhoseRequestIsNotWholeAnyMore) {
  EngineWorld world(idempotent(2));
  const FakeWorker lost = world.start_worker();
  const FakeWorker other = world.start_worker();
  FakePeer& client = world.connect_client();
  const std::string part(60'000, 'p');
  client.request(1, "echo", part, 30s, 0);
  for (int i = 0; i < 3; ++i) client.data(1, part);  // More than the broker keeps.

  world.kill(lost);

  expect_may_have_run(client.end_of(1));
  EXPECT_EQ(other.channel.count(FrameType::request), 0u);
}

TEST(RepeatedCall, IsNeverOneThatTheCallerHasCancelled) {
  EngineWorld world(idempotent(2));
  const FakeWorker lost = world.start_worker();
  const FakeWorker other = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  client.cancel(1);

  world.kill(lost);

  EXPECT_EQ(client.end_of(1).status, StatusCode::cancelled);
  EXPECT_EQ(other.channel.count(FrameType::request), 0u);
}

TEST(RepeatedCall, IsNeverRepeatedWhileTheBrokerStops) {
  EngineWorld world(idempotent(2));
  const FakeWorker lost = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  world.stop(1min);

  world.kill(lost);

  EXPECT_EQ(client.end_of(1).status, StatusCode::unavailable);
  expect_may_have_run(client.end_of(1));
}

TEST(RepeatedCall, KeepsItsPlaceBeforeCallsThatCameLater) {
  EngineWorld world(idempotent(1, 2));
  const FakeWorker lost = world.start_worker();
  FakePeer& client = world.connect_client();
  for (const std::uint64_t stream : {1u, 2u, 3u}) client.request(stream, "echo", std::to_string(stream));

  world.kill(lost);
  world.advance(1s);
  const FakeWorker next = world.start_worker();
  next.channel.end(1);

  EXPECT_THAT(next.channel.messages_of(1), ElementsAre("1"));
  EXPECT_THAT(next.channel.messages_of(2), ElementsAre("2"));
  EXPECT_THAT(next.channel.messages_of(3), ElementsAre("3"));
}

TEST(RepeatedCall, IsNotSafeToRepeatWhenItsDeadlinePassesInTheQueue) {
  EngineWorld world(idempotent(1));
  const FakeWorker lost = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo", {}, 2s);

  world.kill(lost);
  world.advance(2s);

  EXPECT_EQ(client.end_of(1).status, StatusCode::deadline_exceeded);
  expect_may_have_run(client.end_of(1));
  EXPECT_EQ(client.end_of(1).message.find("the deadline passed in the queue, after a worker that had received"), 0u);
}

TEST(RepeatedCall, GoesToAThirdWorkerWhenTheSecondDidNotTakeIt) {
  EngineWorld world(idempotent(2));
  const FakeWorker first = world.start_worker();
  const FakeWorker second = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo", "question");
  world.kill(first);

  second.channel.send([](auto& writer) { writer.goaway({.last_stream = 0}); });
  world.advance(1s);
  const FakeWorker third = world.start_worker();
  third.channel.end(1, {.status = StatusCode::internal, .retry = RetryClass::safe, .origin = Origin::worker});

  EXPECT_THAT(third.channel.messages_of(1), ElementsAre("question"));
  EXPECT_EQ(client.end_of(1).status, StatusCode::internal);
  EXPECT_EQ(client.end_of(1).retry, RetryClass::never);
  EXPECT_TRUE(client.end_of(1).worker_received);
  EXPECT_EQ(world.pool().calls_repeated, 1u);
}

TEST(RepeatedCall, IsNotSafeToRepeatWhenTheSecondWorkerDidNotTakeItAndItCannotBeSentAgain) {
  EngineWorld world(idempotent(2));
  const FakeWorker first = world.start_worker();
  const FakeWorker second = world.start_worker();
  FakePeer& client = world.connect_client();
  const std::string part(60'000, 'p');
  client.request(1, "echo", part, 30s, 0);
  world.kill(first);
  for (int i = 0; i < 3; ++i) client.data(1, part);  // More than the broker keeps.

  second.channel.send([](auto& writer) { writer.goaway({.last_stream = 0}); });

  EXPECT_EQ(client.end_of(1).status, StatusCode::unavailable);
  expect_may_have_run(client.end_of(1));
  EXPECT_EQ(world.snapshot().buffered_bytes, 0u);
}

TEST(RepeatedCall, IsNotSafeToRepeatWhenTheBrokerStops) {
  EngineWorld world(idempotent(1));
  const FakeWorker lost = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  world.kill(lost);

  world.stop(1min);

  EXPECT_EQ(client.end_of(1).status, StatusCode::unavailable);
  expect_may_have_run(client.end_of(1));
}

TEST(RepeatedCall, HasTheExecutionLimitAnew) {
  EngineConfig config = idempotent(2);
  config.pools[0].execution_limit = 3s;
  EngineWorld world(std::move(config));
  const FakeWorker lost = world.start_worker();
  (void)world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  world.advance(2s);
  world.kill(lost);

  world.advance(3s - 1us);
  EXPECT_FALSE(client.has_end(1));
  world.advance(1us);

  EXPECT_EQ(client.end_of(1).message, "the call ran for 3000 ms, the pool's execution_limit");
}

}  // namespace
}  // namespace plugbroker::engine::testing
