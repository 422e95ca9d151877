// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/engine/engine_world.h"

namespace plugbroker::engine::testing {
namespace {

using protocol::FrameType;

constexpr std::uint64_t hangs = 2;
constexpr std::uint64_t goes_on = 3;

/// A worker of a pool with a concurrency of 2 or more that has answered one call and holds two more, of which one has
/// hung for cancel_grace.
void let_a_call_hang(EngineWorld& world, FakePeer& client, const FakeWorker& worker) {
  client.request(1, "echo");
  worker.channel.reply(1, {});
  client.request(hangs, "echo");
  client.request(goes_on, "echo");
  client.cancel(hangs);
  world.advance(5s);
}

bool is_draining(const WorkerSnapshot& worker) {
  return worker.state == WorkerState::draining;
}

TEST(Replacement, OfAWorkerWithAHungCallStartsWhileItsOtherCallsGoOn) {
  EngineWorld world(one_pool(1, 1, 2));
  const FakeWorker hung = world.start_worker();
  FakePeer& client = world.connect_client();

  let_a_call_hang(world, client, hung);

  EXPECT_EQ(world.start_requests.size(), 1u);
  EXPECT_FALSE(world.was_terminated(hung));
  EXPECT_FALSE(client.has_end(goes_on));
}

TEST(Replacement, TakesNewCallsWhileTheHungWorkerFinishesItsOwn) {
  EngineWorld world(one_pool(1, 1, 2));
  const FakeWorker hung = world.start_worker();
  FakePeer& client = world.connect_client();
  let_a_call_hang(world, client, hung);

  client.request(4, "echo");
  const FakeWorker replacement = world.start_worker();
  replacement.channel.reply(1, "new");
  hung.channel.reply(3, "old");

  EXPECT_EQ(client.reply_of(4), "new");
  EXPECT_EQ(client.reply_of(goes_on), "old");
  EXPECT_TRUE(world.was_terminated(hung));
}

TEST(Replacement, OfAWorkerWithNothingButHungCallsDoesNotWaitForItsProcess) {
  EngineWorld world(one_pool());
  const FakeWorker hung = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  hung.channel.reply(1, {});
  client.request(2, "echo");
  client.cancel(2);

  world.advance(5s);

  EXPECT_TRUE(world.was_terminated(hung));
  EXPECT_EQ(world.start_requests.size(), 1u);
}

TEST(Replacement, IsNotDoubledWhenTheOldProcessIsGone) {
  EngineWorld world(one_pool(1, 1, 2));
  const FakeWorker hung = world.start_worker();
  FakePeer& client = world.connect_client();
  let_a_call_hang(world, client, hung);
  (void)world.start_worker();
  hung.channel.reply(3, {});

  world.kill(hung);
  world.advance(1min);

  EXPECT_EQ(world.start_requests.size(), 0u);
  EXPECT_EQ(world.pool().workers.size(), 1u);
}

TEST(Replacement, OfAWorkerWhoseChannelClosesFirstWaitsUntilItsEndWasCounted) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_process();

  worker.channel.disappear();
  EXPECT_EQ(world.start_requests.size(), 0u);
  world.exit(worker, 3);
  EXPECT_EQ(world.start_requests.size(), 0u);
  EXPECT_TRUE(world.logged("pool_backing_off"));
  world.advance(250ms);

  EXPECT_EQ(world.start_requests.size(), 1u);
}

TEST(Replacement, OfAWorkerThatNeverEndedACallWaitsForTheBackOff) {
  EngineWorld world(one_pool(1, 1, 2));
  const FakeWorker hung = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  client.request(2, "echo");
  client.cancel(1);

  world.advance(5s);
  EXPECT_EQ(world.start_requests.size(), 0u);
  world.advance(250ms);

  EXPECT_EQ(world.start_requests.size(), 1u);
  EXPECT_FALSE(world.was_terminated(hung));
}

TEST(Replacement, OfManyHungWorkersAddsOneProcessAtMost) {
  EngineWorld world(one_pool(3, 3, 2));
  const FakeWorker workers[] = {world.start_worker(), world.start_worker(), world.start_worker()};
  FakePeer& client = world.connect_client();
  for (std::uint64_t stream = 1; stream <= 6; ++stream) client.request(stream, "echo");
  for (const FakeWorker& worker : workers) worker.channel.reply(1, {});
  for (std::uint64_t stream = 7; stream <= 9; ++stream) client.request(stream, "echo");
  for (std::uint64_t stream = 4; stream <= 6; ++stream) client.cancel(stream);

  world.advance(5s);

  EXPECT_EQ(std::ranges::count_if(world.pool().workers, is_draining), 3);
  EXPECT_EQ(world.pool().workers.size(), 4u);
  EXPECT_EQ(world.start_requests.size(), 1u);
}

TEST(Replacement, OfTheNextHungWorkerStartsWhenTheFirstIsGone) {
  EngineWorld world(one_pool(2, 2, 2));
  const FakeWorker one = world.start_worker();
  const FakeWorker two = world.start_worker();
  FakePeer& client = world.connect_client();
  for (std::uint64_t stream = 1; stream <= 4; ++stream) client.request(stream, "echo");
  for (const FakeWorker& worker : {one, two}) worker.channel.reply(1, {});
  client.request(5, "echo");
  client.request(6, "echo");
  for (const std::uint64_t stream : {3u, 4u}) client.cancel(stream);
  world.advance(5s);
  (void)world.start_worker();
  EXPECT_EQ(world.start_requests.size(), 0u);

  world.kill(one);

  EXPECT_EQ(world.start_requests.size(), 1u);
  EXPECT_EQ(world.pool().workers.size(), 3u);
}

TEST(Replacement, OfAWorkerThatGoesAwayStartsAtOnce) {
  EngineWorld world(one_pool());
  const FakeWorker leaving = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");

  leaving.channel.send([](auto& writer) { writer.goaway({.last_stream = 1}); });

  EXPECT_EQ(world.start_requests.size(), 1u);
  EXPECT_FALSE(client.has_end(1));
}

TEST(Replacement, DoesNotBlameAHungWorkerForAnAnswerThatComesTooLate) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  client.cancel(1);
  world.advance(5s);
  ASSERT_TRUE(world.was_terminated(worker));

  worker.channel.reply(1, "late");

  EXPECT_TRUE(world.logged("worker_hung"));
  EXPECT_FALSE(world.logged("protocol_error"));
  EXPECT_EQ(world.snapshot().protocol_errors, 0u);
}

TEST(Replacement, IsNotStartedWhileTheBrokerStops) {
  EngineWorld world(one_pool(1, 1, 2));
  (void)world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  client.request(2, "echo");
  client.cancel(1);

  world.stop(1min);
  world.advance(6s);

  EXPECT_TRUE(world.logged("call_hung"));
  EXPECT_EQ(world.start_requests.size(), 0u);
}

}  // namespace
}  // namespace plugbroker::engine::testing
