// SPDX-License-Identifier: Apache-2.0
// Workers are replaced although nothing is wrong with them, and nobody notices.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/engine/engine_world.h"

namespace plugbroker::engine::testing {
namespace {

using protocol::FrameType;

EngineConfig recycled(RecycleConfig recycle, std::uint32_t min_workers = 1, std::uint32_t max_workers = 1) {
  EngineConfig config = one_pool(min_workers, max_workers);
  config.pools[0].recycle = recycle;
  return config;
}

EngineConfig three_workers(std::uint32_t max_surge) {
  EngineConfig config = one_pool(3, 3);
  config.pools[0].max_surge = max_surge;
  return config;
}

void outdate(EngineWorld& world, RecycleReason reason = RecycleReason::files_changed) {
  world.handle(PoolOutdated{0, reason});
}

std::ptrdiff_t ready_workers(const EngineWorld& world) {
  return std::ranges::count(world.pool().workers, WorkerState::ready, &WorkerSnapshot::state);
}

std::uint64_t recycles_for(const EngineWorld& world, RecycleReason reason) {
  return world.pool().recycles[static_cast<std::size_t>(reason)];
}

TEST(Recycling, LetsTheOldWorkerServeUntilItsReplacementIsReadySoThatNoCallWaitsForAStart) {
  EngineWorld world(one_pool());
  const FakeWorker old = world.start_worker();
  FakePeer& client = world.connect_client();

  outdate(world);
  client.request(1, "echo");
  old.channel.reply(1, "old");
  EXPECT_EQ(client.reply_of(1), "old");
  EXPECT_EQ(world.pool().calls_waiting, 0u);
  const FakeWorker replacement = world.start_worker();
  EXPECT_EQ(ready_workers(world), 2);
  EXPECT_EQ(old.channel.count(FrameType::goaway), 0u);

  world.advance(limits::recycle_overlap);
  client.request(2, "echo");
  replacement.channel.reply(1, "new");

  EXPECT_EQ(client.reply_of(2), "new");
  EXPECT_EQ(old.channel.goaway().status, StatusCode::ok);
  EXPECT_EQ(recycles_for(world, RecycleReason::files_changed), 1u);
  world.kill(old, 0);
  world.advance(1h);
  EXPECT_EQ(world.pool().workers.size(), 1u);
  EXPECT_EQ(world.pool().workers_failed, 0u);
  EXPECT_TRUE(world.start_requests.empty());
  EXPECT_TRUE(world.evidence.empty());
}

TEST(Recycling, LetsTheOldWorkerFinishItsCall) {
  EngineWorld world(one_pool());
  const FakeWorker old = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo", {}, 1h);
  outdate(world);
  (void)world.start_worker();

  world.advance(10min);
  EXPECT_EQ(old.channel.count(FrameType::goaway), 0u);
  EXPECT_FALSE(world.was_terminated(old));
  old.channel.reply(1, "at last");

  EXPECT_EQ(client.reply_of(1), "at last");
  EXPECT_EQ(old.channel.count(FrameType::goaway), 1u);
}

TEST(Recycling, ShowsWhatIsToComeAndWhy) {
  EngineWorld world(one_pool());
  (void)world.start_worker();

  outdate(world, RecycleReason::schedule);

  EXPECT_TRUE(world.pool().workers.at(0).to_be_recycled);
  EXPECT_EQ(world.pool().workers.at(0).recycle_reason, RecycleReason::schedule);
  EXPECT_FALSE(world.pool().workers.at(1).to_be_recycled);
  EXPECT_EQ(recycles_for(world, RecycleReason::schedule), 0u);
  EXPECT_TRUE(world.logged("worker_to_be_recycled"));
}

TEST(Recycling, ComesAfterSoManyCalls) {
  EngineWorld world(recycled({.after_calls = 3, .jitter_percent = 0}));
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();

  for (const std::uint64_t stream : {1u, 2u}) {
    client.request(stream, "echo");
    worker.channel.end(stream);
  }
  EXPECT_TRUE(world.start_requests.empty());
  client.request(3, "echo");
  worker.channel.end(3);

  EXPECT_EQ(world.start_requests.size(), 1u);
  EXPECT_EQ(world.pool().workers.at(0).recycle_reason, RecycleReason::calls);
}

TEST(Recycling, ComesAtAnAge) {
  EngineWorld world(recycled({.after_age = 1h, .jitter_percent = 0}));
  (void)world.start_worker();

  world.advance(1h - 1us);
  EXPECT_TRUE(world.start_requests.empty());
  world.advance(1us);

  EXPECT_EQ(world.start_requests.size(), 1u);
  EXPECT_EQ(world.pool().workers.at(0).recycle_reason, RecycleReason::age);
}

TEST(Recycling, ComesWhenAWorkerHoldsTooMuch) {
  EngineWorld world(recycled({.private_bytes = 1000, .jitter_percent = 0}));
  const FakeWorker worker = world.start_worker();

  world.handle(WorkerObserved{worker.id, 999});
  EXPECT_TRUE(world.start_requests.empty());
  world.handle(WorkerObserved{worker.id, 1000});

  EXPECT_EQ(world.start_requests.size(), 1u);
  EXPECT_EQ(world.pool().workers.at(0).recycle_reason, RecycleReason::memory);
  EXPECT_EQ(world.pool().workers.at(0).private_bytes, 1000u);
}

TEST(Recycling, ComesForNoReasonThatIsNotConfigured) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();

  world.handle(WorkerObserved{worker.id, ~std::uint64_t{0}});
  world.advance(24h);

  EXPECT_TRUE(world.start_requests.empty());
}

TEST(Recycling, ComesEarlierByJitterAndNotForAllAtOnce) {
  EngineConfig config = recycled({.after_age = 100min, .jitter_percent = 50}, 8, 8);
  config.pools[0].max_concurrent_starts = 8;
  EngineWorld world(std::move(config));
  for (int i = 0; i < 8; ++i) (void)world.start_worker();

  world.advance(50min - 1s);
  EXPECT_FALSE(world.logged("worker_to_be_recycled"));
  world.advance(25min);
  const std::size_t halfway = world.logs("worker_to_be_recycled").size();
  world.advance(25min + 1s);

  EXPECT_GT(halfway, 0u);
  EXPECT_LT(halfway, 8u);
  EXPECT_EQ(world.logs("worker_to_be_recycled").size(), 8u);
}

TEST(Recycling, OfAPoolGoesWorkerByWorker) {
  EngineWorld world(three_workers(1));
  for (int i = 0; i < 3; ++i) (void)world.start_worker();

  outdate(world);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(world.start_requests.size(), 1u);
    const WorkerId old = world.pool().workers.at(0).id;
    (void)world.start_worker();
    EXPECT_EQ(world.pool().workers.size(), 4u);
    world.advance(limits::recycle_overlap);
    EXPECT_TRUE(world.start_requests.empty());
    world.handle(WorkerExited{old, 0});
  }

  EXPECT_TRUE(world.start_requests.empty());
  EXPECT_EQ(world.pool().workers.size(), 3u);
  EXPECT_EQ(recycles_for(world, RecycleReason::files_changed), 3u);
}

TEST(Recycling, StartsAsManyAtOnceAsItsSurgeAllows) {
  EngineWorld world(three_workers(2));
  for (int i = 0; i < 3; ++i) (void)world.start_worker();

  outdate(world);

  EXPECT_EQ(world.start_requests.size(), 2u);
  (void)world.start_worker();
  (void)world.start_worker();
  world.advance(limits::recycle_overlap);
  EXPECT_TRUE(world.start_requests.empty());
  EXPECT_EQ(world.pool().workers.size(), 5u);
}

TEST(Recycling, WithoutASurgeEndsTheOldWorkerFirst) {
  EngineWorld world(three_workers(0));
  const FakeWorker first = world.start_worker();
  (void)world.start_worker();
  (void)world.start_worker();

  outdate(world);
  EXPECT_EQ(first.channel.count(FrameType::goaway), 1u);
  EXPECT_TRUE(world.start_requests.empty());
  EXPECT_EQ(ready_workers(world), 2);
  world.kill(first, 0);

  EXPECT_EQ(world.start_requests.size(), 1u);
  EXPECT_EQ(ready_workers(world), 2);
}

TEST(Recycling, KeepsTheOldWorkerAndSaysWhyWhenTheReplacementDoesNotComeUp) {
  EngineWorld world(one_pool());
  const FakeWorker old = world.start_worker();
  FakePeer& client = world.connect_client();
  outdate(world);

  world.fail_start("CreateProcess: 2");
  client.request(1, "echo");
  old.channel.reply(1, "still here");

  EXPECT_EQ(client.reply_of(1), "still here");
  EXPECT_EQ(world.pool().last_recycle_problem, "CreateProcess: 2");
  EXPECT_TRUE(world.logged("recycle_failed"));
  EXPECT_TRUE(world.start_requests.empty());
  EXPECT_TRUE(world.pool().workers.at(0).to_be_recycled);
}

TEST(Recycling, TriesAgainWithABackOffOfItsOwnThatNeverTakesThePoolDown) {
  EngineWorld world(one_pool());
  const FakeWorker old = world.start_worker();
  outdate(world);

  for (int i = 0; i < 20; ++i) {
    world.fail_start("no");
    EXPECT_TRUE(world.start_requests.empty());
    world.advance(30s);
    EXPECT_EQ(world.start_requests.size(), 1u);
  }

  EXPECT_EQ(world.pool().breaker, BreakerState::closed);
  EXPECT_EQ(world.pool().failures_in_window, 0u);
  EXPECT_EQ(world.pool().workers_failed, 20u);
  EXPECT_EQ(old.channel.count(FrameType::goaway), 0u);
  (void)world.start_worker();
  world.advance(limits::recycle_overlap);
  EXPECT_EQ(old.channel.count(FrameType::goaway), 1u);
  EXPECT_EQ(world.pool().last_recycle_problem, "");
}

TEST(Recycling, KeepsTheOldWorkerWhenTheReplacementDiesRightAfterItWasReady) {
  EngineWorld world(one_pool());
  const FakeWorker old = world.start_worker();
  outdate(world);
  const FakeWorker replacement = world.start_worker();

  world.kill(replacement, 3);
  world.advance(100ms);

  EXPECT_EQ(world.pool().last_recycle_problem, "worker ended with exit code 3");
  EXPECT_EQ(ready_workers(world), 1);
  EXPECT_EQ(old.channel.count(FrameType::goaway), 0u);
}

TEST(Recycling, MakesTheReplacementAWorkerLikeAnyOtherWhenTheOldOneDiesFirst) {
  EngineWorld world(one_pool());
  const FakeWorker old = world.start_worker();
  outdate(world);

  world.kill(old);
  (void)world.start_worker();
  world.advance(1h);

  EXPECT_TRUE(world.start_requests.empty());
  EXPECT_EQ(world.pool().workers.size(), 1u);
  EXPECT_EQ(recycles_for(world, RecycleReason::files_changed), 0u);
}

TEST(Recycling, ReplacesAlsoAReplacementThatIsOutdatedBeforeItIsReady) {
  EngineWorld world(one_pool());
  const FakeWorker old = world.start_worker();
  outdate(world);
  outdate(world);
  const FakeWorker second = world.start_worker();
  world.advance(limits::recycle_overlap);
  world.kill(old, 0);

  EXPECT_EQ(world.start_requests.size(), 1u);
  (void)world.start_worker();
  world.advance(limits::recycle_overlap);
  EXPECT_EQ(second.channel.count(FrameType::goaway), 1u);
  world.kill(second, 0);

  EXPECT_EQ(world.pool().workers.size(), 1u);
  EXPECT_TRUE(world.start_requests.empty());
}

TEST(Recycling, LeavesThePoolAsLargeAsItWas) {
  EngineWorld world(one_pool(0, 4));
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  client.request(2, "echo");
  const FakeWorker workers[] = {world.start_worker(), world.start_worker()};
  for (const FakeWorker& worker : workers) worker.channel.end(1);

  outdate(world);
  for (const FakeWorker& old : workers) {
    (void)world.start_worker();
    world.advance(limits::recycle_overlap);
    world.kill(old, 0);
  }

  EXPECT_EQ(world.pool().workers.size(), 2u);
  EXPECT_TRUE(world.start_requests.empty());
}

TEST(Recycling, DoesNotTouchAttachedWorkers) {
  EngineConfig config = one_pool();
  config.pools[0].attached_only = true;
  EngineWorld world(std::move(config));
  FakePeer& worker = world.attach();
  worker.hello(protocol::Role::worker);
  worker.ready({"echo", "other"}, 1);

  outdate(world);
  world.advance(1h);

  EXPECT_EQ(worker.count(FrameType::goaway), 0u);
  EXPECT_TRUE(world.start_requests.empty());
}

TEST(Recycling, IsForgottenWhenTheBrokerStops) {
  EngineWorld world(one_pool());
  const FakeWorker old = world.start_worker();
  outdate(world);
  world.fail_start("no");

  world.stop(1s);
  world.advance(10min);
  world.kill(old, 0);

  EXPECT_TRUE(world.start_requests.empty());
  EXPECT_EQ(world.stopped, 1);
  EXPECT_EQ(world.engine.next_timer(), far_future);
}

}  // namespace
}  // namespace plugbroker::engine::testing
