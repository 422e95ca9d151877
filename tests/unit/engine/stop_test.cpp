// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/engine/engine_world.h"

namespace plugbroker::engine::testing {
namespace {

using protocol::FrameType;

TEST(Stop, WithNothingRunningAsksTheWorkersToExitAndIsOver) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& idle = world.connect_client();

  world.stop(10s);
  EXPECT_EQ(idle.goaway().status, StatusCode::unavailable);
  EXPECT_TRUE(idle.closed_by_broker);
  EXPECT_EQ(worker.channel.goaway().status, StatusCode::ok);
  EXPECT_EQ(world.stopped, 0);
  world.kill(worker, 0);
  world.finish_closing();

  EXPECT_EQ(world.stopped, 1);
  EXPECT_EQ(world.snapshot().state, BrokerState::stopped);
  EXPECT_EQ(world.engine.next_timer(), far_future);
  EXPECT_EQ(world.pool().workers_failed, 0u);
}

TEST(Stop, LetsRunningCallsFinish) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(4, "echo");

  world.stop(10s);
  EXPECT_EQ(world.logs("stopping").at(0).message, "1 call in progress may finish within 10000 ms");
  EXPECT_EQ(client.goaway().last_stream, 4u);
  EXPECT_FALSE(client.closed_by_broker);
  worker.channel.reply(1, "finished");

  EXPECT_EQ(client.reply_of(4), "finished");
  EXPECT_EQ(client.end_of(4).status, StatusCode::ok);
  EXPECT_TRUE(client.closed_by_broker);
  EXPECT_EQ(worker.channel.count(FrameType::goaway), 1u);
}

TEST(Stop, EndsWaitingCallsSafeToRetry) {
  EngineWorld world(one_pool());
  (void)world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  client.request(2, "echo");

  world.stop(10s);

  EXPECT_EQ(client.end_of(2).status, StatusCode::unavailable);
  EXPECT_EQ(client.end_of(2).retry, RetryClass::safe);
  EXPECT_FALSE(client.end_of(2).worker_received);
  EXPECT_FALSE(client.has_end(1));
}

TEST(Stop, EndsCallsThatNoWorkerHasSeenYetSafeToRetry) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  worker.channel.stop_reading();
  client.request(1, "echo");

  world.stop(10s);
  worker.channel.read_again();

  EXPECT_EQ(client.end_of(1).retry, RetryClass::safe);
  EXPECT_EQ(worker.channel.count(FrameType::request), 0u);
}

TEST(Stop, RefusesNewCallsSafeToRetry) {
  EngineWorld world(one_pool());
  (void)world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  world.stop(10s);

  client.request(2, "echo");

  EXPECT_EQ(client.end_of(2).status, StatusCode::unavailable);
  EXPECT_EQ(client.end_of(2).retry, RetryClass::safe);
}

TEST(Stop, EndsWhatStillRunsWhenTheGraceIsOver) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  world.stop(10s);

  world.advance(10s);

  EXPECT_EQ(client.end_of(1).status, StatusCode::unavailable);
  EXPECT_EQ(client.end_of(1).retry, RetryClass::never);
  EXPECT_TRUE(client.end_of(1).worker_received);
  EXPECT_TRUE(client.closed_by_broker);
  EXPECT_EQ(worker.channel.seen(FrameType::cancel, 1).size(), 1u);
  EXPECT_EQ(worker.channel.count(FrameType::goaway), 1u);
}

TEST(Stop, TerminatesAWorkerThatDoesNotExitInTime) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();

  world.stop(10s);
  world.advance(5s - 1us);
  EXPECT_FALSE(world.was_terminated(worker));
  world.advance(1us);

  EXPECT_TRUE(world.was_terminated(worker));
  world.kill(worker);
  EXPECT_EQ(world.stopped, 1);
}

TEST(Stop, TerminatesAWorkerThatIsNotReadyYet) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_process();

  world.stop(10s);

  EXPECT_TRUE(world.was_terminated(worker));
  world.kill(worker);
  EXPECT_EQ(world.stopped, 1);
}

TEST(Stop, WaitsForAStartThatWasAskedFor) {
  EngineWorld world(one_pool());
  world.stop(10s);
  EXPECT_EQ(world.stopped, 0);

  world.fail_start("terminated");

  EXPECT_EQ(world.stopped, 1);
}

TEST(Stop, StartsNoMoreWorkers) {
  EngineWorld world(one_pool(1, 2));
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  world.stop(10s);

  world.kill(worker);
  world.advance(10s);

  EXPECT_EQ(world.start_requests.size(), 0u);
}

TEST(Stop, ClosesConnectionsThatNeverSaidHello) {
  EngineWorld world(one_pool(0, 1));
  FakePeer& silent = world.connect();

  world.stop(10s);
  EXPECT_TRUE(silent.closed_by_broker);
  world.finish_closing();

  EXPECT_EQ(world.stopped, 1);
}

TEST(Stop, AskedForASecondTimeChangesNothing) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");

  world.stop(10s);
  world.stop(0s);
  world.advance(1s);
  worker.channel.reply(1, "finished");
  world.kill(worker);
  world.finish_closing();
  world.stop(1s);

  EXPECT_EQ(client.end_of(1).status, StatusCode::ok);
  EXPECT_EQ(world.stopped, 1);
}

TEST(Stop, WithoutGraceEndsEverythingAtOnce) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");

  world.stop(0s);
  world.advance(0s);

  EXPECT_EQ(client.end_of(1).status, StatusCode::unavailable);
  EXPECT_TRUE(client.closed_by_broker);
  EXPECT_EQ(worker.channel.count(FrameType::goaway), 1u);
}

TEST(Stop, ClosesAConnectionThatComesAfterItIsOver) {
  EngineWorld world(one_pool(0, 1));
  world.stop(1s);
  EXPECT_EQ(world.stopped, 1);

  FakePeer& late = world.connect();

  EXPECT_TRUE(late.closed_by_broker);
}

}  // namespace
}  // namespace plugbroker::engine::testing
