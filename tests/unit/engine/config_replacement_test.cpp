// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/engine/engine_world.h"

namespace plugbroker::engine::testing {
namespace {

using protocol::FrameType;

PoolConfig pool_named(std::string name, std::vector<std::string> routes) {
  PoolConfig pool;
  pool.name = std::move(name);
  pool.routes = std::move(routes);
  return pool;
}

PoolConfig pool_p() {
  return one_pool().pools.front();
}

TEST(ConfigReplacement, LeavesAPoolAloneThatDidNotChange) {
  EngineWorld world(one_pool());
  (void)world.start_worker();

  world.handle(ConfigReplaced{.pools = {pool_p()}, .changed_programs = {}});

  EXPECT_EQ(world.start_requests.size(), 0u);
  EXPECT_FALSE(world.pool().workers.front().to_be_recycled);
}

TEST(ConfigReplacement, ReplacesTheWorkersOfAPoolWhoseProgramChangedAndLosesNoCall) {
  EngineWorld world(one_pool());
  const FakeWorker old = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");

  world.handle(ConfigReplaced{.pools = {pool_p()}, .changed_programs = {"p"}});
  (void)world.start_worker();
  world.advance(limits::recycle_overlap);
  EXPECT_FALSE(client.has_end(1));
  old.channel.end(1);

  EXPECT_EQ(client.end_of(1).status, StatusCode::ok);
  EXPECT_EQ(world.pool().recycles[static_cast<std::size_t>(RecycleReason::configuration)], 1u);
}

TEST(ConfigReplacement, StartsTheWorkersOfANewPoolAndServesItsRoutesToOpenSessions) {
  EngineWorld world(one_pool());
  (void)world.start_worker();
  FakePeer& client = world.connect_client();

  world.handle(ConfigReplaced{.pools = {pool_p(), pool_named("q", {"new"})}, .changed_programs = {}});
  EXPECT_EQ(world.start_requests.front().pool, 1u);
  const FakeWorker worker = world.start_worker();
  client.request(1, "new");

  EXPECT_EQ(worker.channel.count(FrameType::request), 1u);
}

TEST(ConfigReplacement, FinishesTheCallsOfARemovedPoolThenStopsItsWorkers) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");

  world.handle(ConfigReplaced{.pools = {pool_named("q", {"new"})}, .changed_programs = {}});
  client.request(2, "echo");
  EXPECT_EQ(client.end_of(2).status, StatusCode::not_found);
  EXPECT_EQ(worker.channel.count(FrameType::goaway), 0u);
  worker.channel.end(1);

  EXPECT_EQ(client.end_of(1).status, StatusCode::ok);
  EXPECT_EQ(worker.channel.count(FrameType::goaway), 1u);
}

TEST(ConfigReplacement, DoesNotShowARemovedPoolOnceItsWorkersAreGone) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();

  world.handle(ConfigReplaced{.pools = {pool_named("q", {"new"})}, .changed_programs = {}});
  EXPECT_EQ(world.snapshot().pools.size(), 2u);
  world.kill(worker, 0);

  ASSERT_EQ(world.snapshot().pools.size(), 1u);
  EXPECT_EQ(world.pool().name, "q");
}

TEST(ConfigReplacement, GivesAPoolThatComesBackItsOldIndex) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();

  world.handle(ConfigReplaced{.pools = {pool_named("q", {"new"})}, .changed_programs = {}});
  world.kill(worker, 0);
  world.start_requests.clear();
  world.handle(ConfigReplaced{.pools = {pool_named("q", {"new"}), pool_p()}, .changed_programs = {}});

  ASSERT_EQ(world.start_requests.size(), 1u);
  EXPECT_EQ(world.start_requests.front().pool, 0u);
}

TEST(ConfigReplacement, TakesAWaitingCallAlongWithItsRoute) {
  EngineConfig config = one_pool();
  config.pools.push_back(pool_named("q", {"more"}));
  EngineWorld world(config);
  const FakeWorker busy = world.start_worker();
  const FakeWorker free = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  client.request(2, "other");
  EXPECT_EQ(world.pool().calls_waiting, 1u);

  PoolConfig p = pool_p();
  p.routes = {"echo"};
  world.handle(ConfigReplaced{.pools = {p, pool_named("q", {"more", "other"})}, .changed_programs = {}});

  EXPECT_EQ(world.pool().calls_waiting, 0u);
  EXPECT_EQ(free.channel.count(FrameType::request), 1u);
  EXPECT_EQ(busy.channel.count(FrameType::request), 1u);
}

TEST(ConfigReplacement, EndsAWaitingCallWhoseRouteIsGone) {
  EngineWorld world(one_pool());
  FakePeer& client = world.connect_client();
  client.request(1, "other");

  PoolConfig p = pool_p();
  p.routes = {"echo"};
  world.handle(ConfigReplaced{.pools = {p}, .changed_programs = {}});

  EXPECT_EQ(client.end_of(1).status, StatusCode::not_found);
}

TEST(ConfigReplacement, StopsTheWorkersAboveALowerMaximum) {
  EngineWorld world(one_pool(3, 3));
  for (int i = 0; i < 3; ++i) (void)world.start_worker();

  PoolConfig p = pool_p();
  world.handle(ConfigReplaced{.pools = {p}, .changed_programs = {}});

  EXPECT_EQ(std::ranges::count(world.pool().workers, WorkerState::draining, &WorkerSnapshot::state), 2);
}

TEST(ConfigReplacement, ForgetsTheFailuresOfAPoolThatChanged) {
  EngineWorld world(one_pool());
  for (int i = 0; i < 4; ++i) {
    world.fail_start("no such program");
    world.advance(30s);
  }
  world.fail_start("no such program");
  EXPECT_EQ(world.pool().breaker, BreakerState::open);

  world.handle(ConfigReplaced{.pools = {pool_p()}, .changed_programs = {"p"}});

  EXPECT_EQ(world.pool().breaker, BreakerState::closed);
  EXPECT_EQ(world.start_requests.size(), 1u);
}

TEST(ConfigReplacement, IsIgnoredWhileTheBrokerStops) {
  EngineWorld world(one_pool());
  (void)world.start_worker();
  world.stop(1s);

  world.handle(ConfigReplaced{.pools = {pool_named("q", {"new"})}, .changed_programs = {}});

  EXPECT_EQ(world.start_requests.size(), 0u);
}

}  // namespace
}  // namespace plugbroker::engine::testing
