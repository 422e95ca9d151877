// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/engine/engine_world.h"

namespace plugbroker::engine::testing {
namespace {

using protocol::FrameType;

TEST(Pool, CountsTheStartTimeoutFromTheStartOfTheProcess) {
  EngineWorld world(one_pool());
  world.advance(29s);  // Others are started first.
  const FakeWorker worker = world.start_process();

  world.advance(30s - 1us);
  EXPECT_FALSE(world.was_terminated(worker));
  world.advance(1us);

  EXPECT_TRUE(world.was_terminated(worker));
  EXPECT_TRUE(world.logged("worker_not_ready"));
}

TEST(Pool, StartsItsMinimumAtOnce) {
  EngineWorld world(one_pool(3, 5));

  EXPECT_EQ(world.start_requests.size(), 3u);
}

TEST(Pool, WithAMinimumOfZeroStartsItsFirstWorkerWhenACallComes) {
  EngineWorld world(one_pool(0, 1));
  EXPECT_EQ(world.start_requests.size(), 0u);
  FakePeer& client = world.connect_client();

  client.request(1, "echo");
  const FakeWorker worker = world.start_worker();

  EXPECT_EQ(worker.channel.count(FrameType::request), 1u);
}

TEST(Pool, DoesNotGrowWhileNoCallWaits) {
  EngineWorld world(one_pool(1, 3, 2));
  (void)world.start_worker();
  FakePeer& client = world.connect_client();

  client.request(1, "echo");
  client.request(2, "echo");

  EXPECT_EQ(world.start_requests.size(), 0u);
}

TEST(Pool, GivesCallsToTheLeastLoadedWorker) {
  EngineWorld world(one_pool(2, 2, 4));
  const FakeWorker one = world.start_worker();
  const FakeWorker two = world.start_worker();
  FakePeer& client = world.connect_client();

  for (std::uint64_t stream = 1; stream <= 4; ++stream) client.request(stream, "echo");
  EXPECT_EQ(one.channel.count(FrameType::request), 2u);
  EXPECT_EQ(two.channel.count(FrameType::request), 2u);
  two.channel.end(1);
  two.channel.end(2);
  client.request(5, "echo");
  client.request(6, "echo");

  EXPECT_EQ(two.channel.count(FrameType::request), 4u);
}

TEST(Pool, HandsOutWaitingCallsInTheOrderTheyCame) {
  EngineWorld world(one_pool());
  FakePeer& client = world.connect_client();
  for (std::uint64_t stream = 1; stream <= 3; ++stream) client.request(stream, "echo", std::to_string(stream));

  const FakeWorker worker = world.start_worker();
  worker.channel.end(1);
  worker.channel.end(2);

  EXPECT_EQ(worker.channel.seen(FrameType::request, 1).at(0).payload, "1");
  EXPECT_EQ(worker.channel.seen(FrameType::request, 2).at(0).payload, "2");
  EXPECT_EQ(worker.channel.seen(FrameType::request, 3).at(0).payload, "3");
}

TEST(Pool, RefusesACallWhenItsQueueIsFull) {
  EngineConfig config = one_pool();
  config.pools[0].queue_limit = 2;
  EngineWorld world(std::move(config));
  FakePeer& client = world.connect_client();

  for (std::uint64_t stream = 1; stream <= 3; ++stream) client.request(stream, "echo");

  EXPECT_FALSE(client.has_end(2));
  EXPECT_EQ(client.end_of(3).status, StatusCode::resource_exhausted);
  EXPECT_EQ(client.end_of(3).retry, RetryClass::after_backoff);
  EXPECT_EQ(client.end_of(3).origin, Origin::broker);
}

TEST(Pool, ReplacesAWorkerThatExitsWhileIdle) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();

  world.kill(worker);
  world.advance(250ms);

  EXPECT_EQ(world.start_requests.size(), 1u);
}

TEST(Pool, ReplacesAWorkerThatHasProvedItselfWithoutWaiting) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  worker.channel.end(1);

  world.kill(worker);

  EXPECT_EQ(world.start_requests.size(), 1u);
}

TEST(Pool, ReplacesAWorkerThatServedForLongWithoutWaiting) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();

  world.advance(30s);
  world.kill(worker);

  EXPECT_EQ(world.start_requests.size(), 1u);
}

TEST(Pool, BacksOffLongerWithEachStartThatFails) {
  EngineWorld world(one_pool());

  world.fail_start("CreateProcess: 2");
  world.advance(250ms - 1us);
  EXPECT_EQ(world.start_requests.size(), 0u);
  world.advance(1us);
  EXPECT_EQ(world.start_requests.size(), 1u);
  world.fail_start("CreateProcess: 2");
  world.advance(500ms - 1us);
  EXPECT_EQ(world.start_requests.size(), 0u);
  world.advance(1us);
  EXPECT_EQ(world.start_requests.size(), 1u);

  EXPECT_EQ(world.logs("pool_backing_off").size(), 2u);
}

TEST(Pool, ShowsWhyItBacksOffAndUntilWhen) {
  EngineWorld world(one_pool());

  world.fail_start("CreateProcess C:\\nothing.exe: 2");

  const PoolSnapshot pool = world.pool();
  EXPECT_EQ(pool.last_failure, "CreateProcess C:\\nothing.exe: 2");
  EXPECT_EQ(pool.last_failure_at, world.now);
  EXPECT_EQ(pool.next_start, world.now + 250ms);
  EXPECT_EQ(pool.workers_failed, 1u);
}

TEST(Pool, StartsOneAtATimeAfterAFailure) {
  EngineWorld world(one_pool(3, 3));
  for (int i = 0; i < 3; ++i) world.fail_start("no");

  world.advance(1s);

  EXPECT_EQ(world.start_requests.size(), 1u);
}

TEST(Pool, KeepsCallsWaitingForAStartWithinTheirDeadline) {
  EngineWorld world(one_pool());
  FakePeer& client = world.connect_client();
  client.request(1, "echo");

  world.fail_start("no");
  world.advance(250ms);
  const FakeWorker worker = world.start_worker();

  EXPECT_EQ(worker.channel.count(FrameType::request), 1u);
}

TEST(Pool, EndsACallAtOnceWhenTheNextStartComesAfterItsDeadline) {
  EngineWorld world(one_pool());
  FakePeer& client = world.connect_client();
  client.request(1, "echo", {}, 200ms);

  world.fail_start("CreateProcess: 2");

  EXPECT_EQ(client.end_of(1).status, StatusCode::unavailable);
  EXPECT_EQ(client.end_of(1).retry, RetryClass::after_backoff);
  EXPECT_EQ(client.end_of(1).origin, Origin::broker);
  EXPECT_FALSE(client.end_of(1).worker_received);
  EXPECT_EQ(client.end_of(1).message, "pool 'p' has no worker: CreateProcess: 2; next start in 250 ms");
}

TEST(Pool, FailsFastAfterThreeStartsInARowHaveFailed) {
  EngineWorld world(one_pool());
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  world.fail_start("no");
  world.advance(250ms);
  world.fail_start("no");
  world.advance(500ms);
  EXPECT_FALSE(client.has_end(1));

  world.fail_start("no");
  client.request(2, "echo");

  EXPECT_EQ(client.end_of(1).status, StatusCode::unavailable);
  EXPECT_EQ(client.end_of(2).status, StatusCode::unavailable);
  EXPECT_EQ(client.end_of(2).retry, RetryClass::after_backoff);
}

TEST(Pool, LetsACallWaitForAStartThatIsRunningAlsoAfterManyFailures) {
  EngineWorld world(one_pool());
  FakePeer& client = world.connect_client();
  for (int i = 0; i < 5; ++i) {
    world.fail_start("no");
    world.advance(30s);
  }

  client.request(1, "echo");
  const FakeWorker worker = world.start_worker();

  EXPECT_EQ(worker.channel.count(FrameType::request), 1u);
}

TEST(Pool, CountsAWorkerThatExitsBeforeReadyAsAFailedStart) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_process();

  world.kill(worker, 3);

  EXPECT_EQ(world.pool().last_failure, "worker ended with exit code 3 before it was ready");
  EXPECT_EQ(world.start_requests.size(), 0u);
  EXPECT_TRUE(world.logged("pool_backing_off"));
}

TEST(Pool, KeepsItsCallsApartFromOtherPools) {
  EngineConfig config = one_pool();
  config.pools.push_back({.name = "q", .routes = {"third"}});
  EngineWorld world(std::move(config));
  const FakeWorker p = world.start_worker();
  const FakeWorker q = world.start_worker();
  FakePeer& client = world.connect_client();

  client.request(1, "third", "for q");

  EXPECT_EQ(p.channel.count(FrameType::request), 0u);
  EXPECT_EQ(q.channel.seen(FrameType::request, 1).at(0).payload, "for q");
}

TEST(Broker, IsStartingUntilEveryPoolHasItsMinimum) {
  EngineWorld world(one_pool(2, 2));
  (void)world.start_worker();
  EXPECT_EQ(world.snapshot().state, BrokerState::starting);

  (void)world.start_worker();

  EXPECT_EQ(world.snapshot().state, BrokerState::running);
}

TEST(Broker, RunsAlsoWhenAPoolCannotStart) {
  EngineWorld world(one_pool());

  world.fail_start("no");

  EXPECT_EQ(world.snapshot().state, BrokerState::running);
}

EngineConfig pool_with_start_timeout() {
  EngineConfig config = one_pool();
  config.pools[0].start_timeout = 3s;
  return config;
}

TEST(Pool, ThatAStartsTurnDoesNotComeInTimeIsNoFailureAndItIsAskedForAgain) {
  EngineWorld world(pool_with_start_timeout());
  const WorkerId waiting = world.start_requests.front().worker;
  world.start_requests.clear();
  world.advance(3s);
  EXPECT_EQ(world.terminated, std::vector{waiting});

  world.handle(WorkerStartFailed{.worker = waiting, .reason = "ended before its turn", .tried = false});

  EXPECT_EQ(world.pool().workers_failed, 0u);
  EXPECT_EQ(world.start_requests.size(), 1u);
  EXPECT_TRUE(world.logged("worker_not_started"));
}

TEST(Pool, AProcessThatIsNotMadeWithinStartTimeoutIsAFailureOnceItComes) {
  EngineWorld world(pool_with_start_timeout());
  world.advance(3s);

  const FakeWorker late = world.start_process();

  EXPECT_TRUE(world.was_terminated(late));
  EXPECT_EQ(world.pool().workers_failed, 1u);
  EXPECT_EQ(world.pool().last_failure, "worker had no process within its start_timeout");
}

TEST(Pool, ADrainOfOneThatHasNoProcessYetIsNoFailure) {
  EngineWorld world(one_pool());
  EXPECT_TRUE(world.ask({.command = OperatorCommand::drain, .pool = "p"}).ok());

  (void)world.start_process();

  EXPECT_EQ(world.pool().workers_failed, 0u);
}

}  // namespace
}  // namespace plugbroker::engine::testing
