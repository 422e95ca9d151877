// SPDX-License-Identifier: Apache-2.0
// queue_timeout and execution_limit, beside the caller's deadline.
#include <gtest/gtest.h>

#include "tests/unit/engine/engine_world.h"

namespace plugbroker::engine::testing {
namespace {

using protocol::FrameType;

EngineConfig with_queue_timeout(Duration timeout) {
  EngineConfig config = one_pool();
  config.pools[0].queue_timeout = timeout;
  return config;
}

EngineConfig with_execution_limit(Duration limit) {
  EngineConfig config = one_pool();
  config.pools[0].execution_limit = limit;
  config.pools[0].cancel_grace = 1s;
  return config;
}

TEST(QueueTimeout, EndsACallThatNoWorkerTookInTime) {
  EngineWorld world(with_queue_timeout(2s));
  (void)world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  client.request(2, "echo");

  world.advance(2s - 1us);
  EXPECT_FALSE(client.has_end(2));
  world.advance(1us);

  const SeenEnd end = client.end_of(2);
  EXPECT_EQ(end.status, StatusCode::unavailable);
  EXPECT_EQ(end.retry, RetryClass::safe);
  EXPECT_EQ(end.origin, Origin::broker);
  EXPECT_FALSE(end.worker_received);
  EXPECT_EQ(end.message, "the call waited 2000 ms, the pool's queue_timeout, for a worker");
  EXPECT_EQ(world.pool().calls_waiting, 0u);
}

TEST(QueueTimeout, SaysWhatIsWrongWithThePool) {
  EngineWorld world(with_queue_timeout(200ms));
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  world.fail_start("CreateProcess: 2");
  world.advance(200ms);

  EXPECT_EQ(client.end_of(1).message,
            "the call waited 200 ms, the pool's queue_timeout, for a worker (no worker of pool 'p' is ready; last "
            "failure: CreateProcess: 2)");
}

TEST(QueueTimeout, IsNotTheReasonWhenTheDeadlineComesFirst) {
  EngineWorld world(with_queue_timeout(2s));
  (void)world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  client.request(2, "echo", {}, 1s);

  world.advance(1s);

  EXPECT_EQ(client.end_of(2).status, StatusCode::deadline_exceeded);
  EXPECT_EQ(client.end_of(2).message, "the deadline passed in the queue");
}

TEST(QueueTimeout, DoesNotHoldOnceAWorkerHasTheCall) {
  EngineWorld world(with_queue_timeout(2s));
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  client.request(2, "echo", {}, 30s);
  world.advance(1s);

  worker.channel.end(1);
  world.advance(28s);
  EXPECT_FALSE(client.has_end(2));
  world.advance(1s);

  EXPECT_EQ(client.end_of(2).status, StatusCode::deadline_exceeded);
  EXPECT_EQ(client.end_of(2).message, "the deadline passed at the worker");
}

TEST(QueueTimeout, GoesOnWhereItWasForACallThatIsPutBack) {
  EngineWorld world(with_queue_timeout(2s));
  const FakeWorker leaving = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  client.request(2, "echo");
  world.advance(500ms);
  leaving.channel.end(1);
  world.advance(5s);

  leaving.channel.send([](auto& writer) { writer.goaway({.last_stream = 1}); });
  world.advance(1500ms - 1us);
  EXPECT_FALSE(client.has_end(2));
  world.advance(1us);

  EXPECT_EQ(client.end_of(2).status, StatusCode::unavailable);
  EXPECT_EQ(client.end_of(2).retry, RetryClass::safe);
}

TEST(ExecutionLimit, EndsACallWhateverItsDeadlineAndCancelsIt) {
  EngineWorld world(with_execution_limit(3s));
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo", {}, 1h);

  world.advance(3s - 1us);
  EXPECT_FALSE(client.has_end(1));
  world.advance(1us);

  const SeenEnd end = client.end_of(1);
  EXPECT_EQ(end.status, StatusCode::deadline_exceeded);
  EXPECT_EQ(end.retry, RetryClass::never);
  EXPECT_EQ(end.origin, Origin::broker);
  EXPECT_TRUE(end.worker_received);
  EXPECT_EQ(end.message, "the call ran for 3000 ms, the pool's execution_limit");
  EXPECT_EQ(worker.channel.seen(FrameType::cancel, 1).size(), 1u);
  EXPECT_EQ(world.pool().workers.at(0).calls_in_progress, 1u);
}

TEST(ExecutionLimit, LeadsToTheReplacementOfAWorkerThatDoesNotEndTheCall) {
  EngineWorld world(with_execution_limit(3s));
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo", {}, 1h);

  world.advance(4s - 1us);
  EXPECT_FALSE(world.was_terminated(worker));
  world.advance(1us);

  EXPECT_TRUE(world.was_terminated(worker));
  EXPECT_TRUE(world.logged("call_hung"));
}

TEST(ExecutionLimit, CountsFromTheFirstByteAtAWorker) {
  EngineWorld world(with_execution_limit(3s));
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  client.request(2, "echo");
  world.advance(2s);
  worker.channel.end(1);

  world.advance(3s - 1us);
  EXPECT_FALSE(client.has_end(2));
  world.advance(1us);

  EXPECT_EQ(client.end_of(2).status, StatusCode::deadline_exceeded);
}

TEST(ExecutionLimit, HoldsForAStreamThatGoesOn) {
  EngineWorld world(with_execution_limit(3s));
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo", {}, 1h, no_message);

  world.advance(2s);
  client.data(1, "question");
  worker.channel.data(1, "answer");
  world.advance(1s);

  EXPECT_EQ(client.end_of(1).message, "the call ran for 3000 ms, the pool's execution_limit");
}

TEST(ExecutionLimit, IsNotTheReasonWhenTheDeadlineComesFirst) {
  EngineWorld world(with_execution_limit(3s));
  (void)world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo", {}, 2s);

  world.advance(2s);

  EXPECT_EQ(client.end_of(1).message, "the deadline passed at the worker");
}

TEST(ExecutionLimit, DoesNotHoldForAReplyThatIsOnItsWayToTheClient) {
  EngineWorld world(with_execution_limit(3s));
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo", {}, 1h);
  client.stop_reading();
  worker.channel.reply(1, "in time");

  world.advance(10s);
  client.read_again();

  EXPECT_EQ(client.reply_of(1), "in time");
  EXPECT_EQ(client.end_of(1).status, StatusCode::ok);
}

}  // namespace
}  // namespace plugbroker::engine::testing
