// SPDX-License-Identifier: Apache-2.0
// How many workers a pool has: static, dynamic and on demand.
#include <gtest/gtest.h>

#include "tests/unit/engine/engine_world.h"

namespace plugbroker::engine::testing {
namespace {

using protocol::FrameType;

EngineConfig dynamic_pool(std::uint32_t spare_workers) {
  EngineConfig config = one_pool(1, 4);
  config.pools[0].spare_workers = spare_workers;
  return config;
}

EngineConfig shrinking_pool(std::uint32_t min_workers, std::uint32_t max_workers) {
  EngineConfig config = one_pool(min_workers, max_workers);
  config.pools[0].idle_timeout = 1min;
  return config;
}

/// A pool of one worker that must be and two more, which calls made it start; all three are idle now.
std::vector<FakeWorker> grow_to_three(EngineWorld& world, FakePeer& client) {
  std::vector<FakeWorker> workers{world.start_worker()};
  for (const std::uint64_t stream : {1u, 2u, 3u}) client.request(stream, "echo");
  workers.push_back(world.start_worker());
  workers.push_back(world.start_worker());
  for (const FakeWorker& worker : workers) worker.channel.end(1);
  return workers;
}

TEST(PoolSizing, KeepsAStaticPoolAtItsSizeWhateverHappens) {
  EngineWorld world(shrinking_pool(2, 2));
  const FakeWorker one = world.start_worker();
  const FakeWorker two = world.start_worker();
  FakePeer& client = world.connect_client();

  client.request(1, "echo");
  client.request(2, "echo");
  client.request(3, "echo");
  EXPECT_TRUE(world.start_requests.empty());
  one.channel.end(1);
  one.channel.end(2);
  two.channel.end(1);
  world.advance(1h);

  EXPECT_TRUE(world.start_requests.empty());
  EXPECT_EQ(world.pool().workers.size(), 2u);
}

TEST(PoolSizing, StartsAsManyAtOnceAsTheQueueNeeds) {
  EngineWorld world(one_pool(1, 9, 2));
  (void)world.start_worker();
  FakePeer& client = world.connect_client();

  for (std::uint64_t stream = 1; stream <= 7; ++stream) client.request(stream, "echo");

  EXPECT_EQ(world.start_requests.size(), 3u);  // Five wait, and each takes two.
}

TEST(PoolSizing, StartsNoMoreThanItsMaximum) {
  EngineWorld world(one_pool(1, 3));
  (void)world.start_worker();
  FakePeer& client = world.connect_client();

  for (std::uint64_t stream = 1; stream <= 10; ++stream) client.request(stream, "echo");
  EXPECT_EQ(world.start_requests.size(), 2u);
  (void)world.start_worker();
  (void)world.start_worker();

  EXPECT_TRUE(world.start_requests.empty());
  EXPECT_EQ(world.pool().calls_waiting, 7u);
}

TEST(PoolSizing, StartsNoMoreAtTheSameTimeThanAllowedAndGoesOnAsTheyGetReady) {
  EngineConfig config = one_pool(1, 9);
  config.pools[0].max_concurrent_starts = 2;
  EngineWorld world(std::move(config));
  (void)world.start_worker();
  FakePeer& client = world.connect_client();

  for (std::uint64_t stream = 1; stream <= 5; ++stream) client.request(stream, "echo");
  EXPECT_EQ(world.start_requests.size(), 2u);
  (void)world.start_worker();
  EXPECT_EQ(world.start_requests.size(), 2u);
  (void)world.start_worker();
  (void)world.start_worker();

  EXPECT_EQ(world.start_requests.size(), 1u);
}

TEST(PoolSizing, BoundsTheStartsOfItsMinimumToo) {
  EngineConfig config = one_pool(6, 6);
  config.pools[0].max_concurrent_starts = 2;
  EngineWorld world(std::move(config));
  EXPECT_EQ(world.start_requests.size(), 2u);

  for (int i = 0; i < 6; ++i) (void)world.start_worker();

  EXPECT_TRUE(world.start_requests.empty());
  EXPECT_EQ(world.pool().workers.size(), 6u);
}

TEST(PoolSizing, KeepsSpareWorkersReadyBesideThoseThatAreBusy) {
  EngineWorld world(dynamic_pool(1));
  (void)world.start_worker();
  EXPECT_TRUE(world.start_requests.empty());
  FakePeer& client = world.connect_client();

  client.request(1, "echo");
  const FakeWorker spare = world.start_worker();
  EXPECT_EQ(spare.channel.count(FrameType::request), 0u);
  client.request(2, "echo");

  EXPECT_EQ(spare.channel.count(FrameType::request), 1u);  // Nothing had to be started for it.
  EXPECT_EQ(world.start_requests.size(), 1u);
}

TEST(PoolSizing, CountsAWorkerWithAFreeSlotAsSpare) {
  EngineConfig config = one_pool(1, 4, 2);
  config.pools[0].spare_workers = 1;
  EngineWorld world(std::move(config));
  (void)world.start_worker();
  FakePeer& client = world.connect_client();

  client.request(1, "echo");
  EXPECT_TRUE(world.start_requests.empty());
  client.request(2, "echo");

  EXPECT_EQ(world.start_requests.size(), 1u);
}

TEST(PoolSizing, NeverStartsSpareWorkersAboveTheMaximum) {
  EngineWorld world(dynamic_pool(9));
  for (int i = 0; i < 4; ++i) (void)world.start_worker();

  EXPECT_TRUE(world.start_requests.empty());
  EXPECT_EQ(world.pool().workers.size(), 4u);
  EXPECT_EQ(world.pool().spare_workers, 9u);
}

TEST(PoolSizing, StopsAWorkerBeyondTheMinimumThatWasIdleLongEnough) {
  EngineWorld world(shrinking_pool(1, 3));
  FakePeer& client = world.connect_client();
  const std::vector<FakeWorker> workers = grow_to_three(world, client);

  world.advance(1min - 1us);
  for (const FakeWorker& worker : workers) EXPECT_EQ(worker.channel.count(FrameType::goaway), 0u);
  world.advance(1us);

  std::size_t asked = 0;
  for (const FakeWorker& worker : workers) asked += worker.channel.count(FrameType::goaway);
  EXPECT_EQ(asked, 2u);
  EXPECT_TRUE(world.terminated.empty());
  EXPECT_EQ(world.logs("worker_idle").size(), 2u);
  EXPECT_TRUE(world.start_requests.empty());
}

TEST(PoolSizing, CountsTheIdleTimeFromAWorkersLastCall) {
  EngineWorld world(shrinking_pool(0, 1));
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  const FakeWorker worker = world.start_worker();
  worker.channel.end(1);
  world.advance(59s);

  client.request(2, "echo");
  worker.channel.end(2);
  world.advance(1min - 1us);
  EXPECT_EQ(worker.channel.count(FrameType::goaway), 0u);
  world.advance(1us);

  EXPECT_EQ(worker.channel.count(FrameType::goaway), 1u);
}

TEST(PoolSizing, DoesNotStopAWorkerThatHoldsACall) {
  EngineWorld world(shrinking_pool(0, 1));
  FakePeer& client = world.connect_client();
  client.request(1, "echo", {}, 24h);
  const FakeWorker worker = world.start_worker();

  world.advance(1h);

  EXPECT_EQ(worker.channel.count(FrameType::goaway), 0u);
}

TEST(PoolSizing, OnDemandHasNoWorkerAfterTheLastCallAndStartsOneForTheNext) {
  EngineWorld world(shrinking_pool(0, 2));
  EXPECT_TRUE(world.start_requests.empty());
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  const FakeWorker first = world.start_worker();
  first.channel.end(1);

  world.advance(1min);
  world.kill(first, 0);
  EXPECT_TRUE(world.pool().workers.empty());
  client.request(2, "echo");
  world.start_worker().channel.reply(1, "warm again");

  EXPECT_EQ(client.reply_of(2), "warm again");
  EXPECT_EQ(world.pool().workers_failed, 0u);
}

TEST(PoolSizing, DoesNotStopSpareWorkers) {
  EngineConfig config = shrinking_pool(1, 3);
  config.pools[0].spare_workers = 2;
  EngineWorld world(std::move(config));
  (void)world.start_worker();
  (void)world.start_worker();

  world.advance(1h);

  EXPECT_EQ(world.pool().workers.size(), 2u);
  EXPECT_FALSE(world.logged("worker_idle"));
}

TEST(PoolSizing, StopsNobodyWithoutAnIdleTimeout) {
  EngineWorld world(one_pool(1, 3));
  FakePeer& client = world.connect_client();
  (void)grow_to_three(world, client);

  world.advance(24h);

  EXPECT_EQ(world.pool().workers.size(), 3u);
}

TEST(PoolSizing, GivesCallsToTheWorkerUsedLastSoThatOthersCanGetIdle) {
  EngineWorld world(shrinking_pool(0, 3));
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  client.request(2, "echo");
  const FakeWorker one = world.start_worker();
  const FakeWorker two = world.start_worker();
  one.channel.end(1);
  two.channel.end(1);

  for (std::uint64_t stream = 3; stream <= 8; ++stream) {
    client.request(stream, "echo");
    two.channel.end(stream - 1);
    world.advance(20s);
  }

  EXPECT_EQ(one.channel.count(FrameType::goaway), 1u);
  EXPECT_EQ(two.channel.count(FrameType::goaway), 0u);
}

}  // namespace
}  // namespace plugbroker::engine::testing
