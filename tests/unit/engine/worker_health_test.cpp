// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/engine/engine_world.h"

namespace plugbroker::engine::testing {
namespace {

using protocol::FrameType;
using protocol::Role;

EngineConfig pinged_pool() {
  EngineConfig config = one_pool();
  config.pools[0].ping_interval = 10s;
  config.pools[0].ping_timeout = 3s;
  return config;
}

void answer_ping(const FakeWorker& worker) {
  const std::uint64_t opaque = protocol::decode_opaque(worker.channel.seen(FrameType::ping).back().meta).value();
  worker.channel.send([&](auto& writer) { writer.pong(opaque); });
}

TEST(WorkerHealth, IsAskedForAtEachIntervalFromReadyOn) {
  EngineWorld world(pinged_pool());
  const FakeWorker worker = world.start_worker();

  world.advance(10s - 1us);
  EXPECT_EQ(worker.channel.count(FrameType::ping), 0u);
  world.advance(1us);
  EXPECT_EQ(worker.channel.count(FrameType::ping), 1u);
  world.advance(2s);
  answer_ping(worker);
  world.advance(8s);

  EXPECT_EQ(worker.channel.count(FrameType::ping), 2u);
  EXPECT_FALSE(world.was_terminated(worker));
}

TEST(WorkerHealth, OfOneThatAnswersWhileItIsBusyIsGood) {
  EngineWorld world(pinged_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo", {}, 1h);

  for (int i = 0; i < 10; ++i) {
    world.advance(10s);
    answer_ping(worker);
  }

  EXPECT_EQ(worker.channel.count(FrameType::ping), 10u);
  EXPECT_FALSE(world.was_terminated(worker));
}

TEST(WorkerHealth, IsLostWithAPingThatIsNotAnsweredInTime) {
  EngineWorld world(pinged_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo", {}, 1h);

  world.advance(13s - 1us);
  EXPECT_FALSE(world.was_terminated(worker));
  world.advance(1us);

  EXPECT_TRUE(world.was_terminated(worker));
  EXPECT_EQ(client.end_of(1).status, StatusCode::unavailable);
  EXPECT_EQ(worker.channel.count(FrameType::ping), 1u);
  EXPECT_EQ(world.pool().last_failure, "worker did not answer a PING within 3000 ms");
  EXPECT_TRUE(world.logged("worker_ping_missed"));
  EXPECT_EQ(world.pool().workers_failed, 1u);
}

TEST(WorkerHealth, IsNotShownByAPongWithAnotherValue) {
  EngineWorld world(pinged_pool());
  const FakeWorker worker = world.start_worker();
  world.advance(10s);

  worker.channel.send([](auto& writer) { writer.pong(12345); });
  world.advance(3s);

  EXPECT_TRUE(world.was_terminated(worker));
}

TEST(WorkerHealth, IsNotAskedForBeforeReady) {
  EngineWorld world(pinged_pool());
  const FakeWorker worker = world.start_process();
  worker.channel.hello(Role::worker);

  world.advance(29s);

  EXPECT_EQ(worker.channel.count(FrameType::ping), 0u);
  EXPECT_FALSE(world.was_terminated(worker));
}

TEST(WorkerHealth, IsNotAskedForWithoutAnInterval) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();

  world.advance(24h);

  EXPECT_EQ(worker.channel.count(FrameType::ping), 0u);
}

TEST(WorkerHealth, OfAnAttachedWorkerIsItsAuthorsAffair) {
  EngineConfig config = pinged_pool();
  config.pools[0].attached_only = true;
  EngineWorld world(std::move(config));
  FakePeer& worker = world.attach();
  worker.hello(Role::worker);
  worker.ready({"echo", "other"}, 1);

  world.advance(24h);

  EXPECT_EQ(worker.count(FrameType::ping), 0u);
  EXPECT_FALSE(worker.closed_by_broker);
}

TEST(WorkerHealth, OfAWorkerThatFinishesItsCallsBeforeItGoesIsAskedForToo) {
  EngineWorld world(pinged_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo", {}, 1h);

  worker.channel.send([](auto& writer) { writer.goaway({.last_stream = 1}); });
  world.advance(13s);

  EXPECT_TRUE(world.was_terminated(worker));
  EXPECT_EQ(client.end_of(1).status, StatusCode::unavailable);
}

TEST(WorkerHealth, IsNotAskedForOnceItWasToldToStop) {
  EngineConfig config = pinged_pool();
  config.pools[0].stop_timeout = 1min;
  EngineWorld world(std::move(config));
  const FakeWorker worker = world.start_worker();

  world.stop(1s);
  world.advance(50s);

  EXPECT_EQ(worker.channel.count(FrameType::ping), 0u);
}

TEST(WorkerHealth, IsNotAskedForAnyMoreOnceAReloadHasTurnedPingsOff) {
  EngineConfig config = pinged_pool();
  EngineWorld world(config);
  const FakeWorker worker = world.start_worker();
  world.advance(10s);
  config.pools[0].ping_interval = {};

  world.handle(ConfigReplaced{.pools = config.pools, .changed_programs = {}});
  answer_ping(worker);
  world.advance(1s);

  EXPECT_EQ(worker.channel.count(FrameType::ping), 1u);
  EXPECT_FALSE(world.was_terminated(worker));
}

TEST(WorkerHealth, IsNotAskedForWhenAReloadTurnsPingsOffBeforeTheNext) {
  EngineConfig config = pinged_pool();
  EngineWorld world(config);
  const FakeWorker worker = world.start_worker();
  config.pools[0].ping_interval = {};

  world.handle(ConfigReplaced{.pools = config.pools, .changed_programs = {}});
  world.advance(11s);

  EXPECT_EQ(worker.channel.count(FrameType::ping), 0u);
}

}  // namespace
}  // namespace plugbroker::engine::testing
