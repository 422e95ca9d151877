// SPDX-License-Identifier: Apache-2.0
// A worker that its author started, perhaps under a debugger, and that joins a pool of its own.
#include <gtest/gtest.h>

#include "tests/unit/engine/engine_world.h"

namespace plugbroker::engine::testing {
namespace {

using protocol::FrameType;
using protocol::Role;

EngineConfig attached_pool() {
  EngineConfig config = one_pool();
  config.pools[0].attached_only = true;
  return config;
}

FakePeer& attach_ready_worker(EngineWorld& world) {
  FakePeer& worker = world.attach();
  worker.hello(Role::worker);
  worker.ready({"echo", "other"}, 1);
  return worker;
}

TEST(AttachedWorker, ItsPoolStartsNoProcessAndCountsAsComplete) {
  EngineWorld world(attached_pool());
  FakePeer& client = world.connect_client();

  client.request(1, "echo");

  EXPECT_TRUE(world.start_requests.empty());
  EXPECT_EQ(world.snapshot().state, BrokerState::running);
  EXPECT_TRUE(world.pool().attached_only);
}

TEST(AttachedWorker, GetsTheCallsThatWaitedForIt) {
  EngineWorld world(attached_pool());
  FakePeer& client = world.connect_client();
  client.request(1, "echo", "question");

  FakePeer& worker = attach_ready_worker(world);
  worker.reply(1, "answer");

  EXPECT_EQ(client.reply_of(1), "answer");
  EXPECT_EQ(world.pool().workers.at(0).process_id, 4242u);
  EXPECT_TRUE(world.logged("worker_attached"));
}

TEST(AttachedWorker, HasAllTheTimeItWantsToGetReady) {
  EngineWorld world(attached_pool());
  FakePeer& worker = world.attach();

  world.advance(24h);
  worker.hello(Role::worker);
  worker.ready({"echo", "other"}, 1);

  EXPECT_FALSE(worker.closed_by_broker);
  EXPECT_EQ(world.pool().workers.at(0).state, WorkerState::ready);
}

TEST(AttachedWorker, MayStandAtABreakpointWhenItsCallIsOverdueAndGetsTheNextOne) {
  EngineWorld world(attached_pool());
  FakePeer& worker = attach_ready_worker(world);
  FakePeer& client = world.connect_client();
  client.request(1, "echo", {}, 1s);

  world.advance(24h);
  EXPECT_EQ(client.end_of(1).status, StatusCode::deadline_exceeded);
  EXPECT_FALSE(world.logged("call_hung"));
  EXPECT_FALSE(worker.closed_by_broker);
  client.request(2, "echo");
  worker.end(1);
  worker.reply(2, "answer");

  EXPECT_EQ(client.reply_of(2), "answer");
}

TEST(AttachedWorker, MayGoAndComeAgainWithoutBackOff) {
  EngineWorld world(attached_pool());
  FakePeer& client = world.connect_client();

  for (std::uint64_t stream = 1; stream <= 20; ++stream) attach_ready_worker(world).disappear();
  client.request(1, "echo");
  attach_ready_worker(world).reply(1, "answer");

  EXPECT_EQ(client.reply_of(1), "answer");
  EXPECT_EQ(world.pool().workers_failed, 0u);
  EXPECT_EQ(world.pool().workers.size(), 1u);
  EXPECT_TRUE(world.terminated.empty());
  EXPECT_FALSE(world.logged("pool_backing_off"));
}

TEST(AttachedWorker, EndsTheCallThatItHadWhenItGoes) {
  EngineWorld world(attached_pool());
  FakePeer& worker = attach_ready_worker(world);
  FakePeer& client = world.connect_client();
  client.request(1, "echo");

  worker.disappear();

  EXPECT_EQ(client.end_of(1).status, StatusCode::unavailable);
  EXPECT_TRUE(client.end_of(1).worker_received);
  EXPECT_TRUE(world.pool().workers.empty());
}

TEST(AttachedWorker, ThatBreaksTheProtocolLosesItsChannelAndItsProcessLivesOn) {
  EngineWorld world(attached_pool());
  FakePeer& worker = attach_ready_worker(world);

  worker.hello(Role::worker);
  EXPECT_TRUE(worker.closed_by_broker);
  world.finish_closing();

  EXPECT_TRUE(world.terminated.empty());
  EXPECT_TRUE(world.pool().workers.empty());
}

TEST(AttachedWorker, IsAskedToLeaveByAStopAndIsLetGoWhenItDoesNot) {
  EngineWorld world(attached_pool());
  FakePeer& worker = attach_ready_worker(world);

  world.stop(1s);
  EXPECT_EQ(worker.count(FrameType::goaway), 1u);
  world.advance(5s);
  EXPECT_TRUE(worker.closed_by_broker);
  world.finish_closing();

  EXPECT_EQ(world.stopped, 1);
  EXPECT_TRUE(world.terminated.empty());
}

TEST(AttachedWorker, IsTurnedAwayWhileTheBrokerStops) {
  EngineWorld world(attached_pool());
  (void)attach_ready_worker(world);
  world.stop(1s);

  FakePeer& late = world.attach();

  EXPECT_TRUE(late.closed_by_broker);
}

}  // namespace
}  // namespace plugbroker::engine::testing
