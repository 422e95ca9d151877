// SPDX-License-Identifier: Apache-2.0
// What an administrator can ask a running broker to do.
#include <gtest/gtest.h>

#include "tests/unit/engine/engine_world.h"

namespace plugbroker::engine::testing {
namespace {

using protocol::FrameType;

OperatorRequest on_pool(OperatorCommand command, std::string pool = "p") {
  return {.command = command, .pool = std::move(pool), .asked_by = "BOX\\admin"};
}

OperatorRequest on_worker(OperatorCommand command, WorkerId worker) {
  return {.command = command, .pool = {}, .worker = worker, .asked_by = "BOX\\admin"};
}

void expect_refused(const Status& status, StatusCode code, std::string_view message) {
  EXPECT_EQ(status.code, code);
  EXPECT_EQ(status.message, message);
}

TEST(OperatorDrain, RefusesNewCallsAndLetsThoseThatRunAndWaitFinish) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  client.request(2, "echo");

  EXPECT_TRUE(world.ask(on_pool(OperatorCommand::drain)).ok());
  client.request(3, "echo");
  worker.channel.reply(1, "ran");
  worker.channel.reply(2, "waited");

  EXPECT_EQ(client.reply_of(1), "ran");
  EXPECT_EQ(client.reply_of(2), "waited");
  EXPECT_EQ(client.end_of(3).status, StatusCode::unavailable);
  EXPECT_EQ(client.end_of(3).retry, RetryClass::after_backoff);
  EXPECT_EQ(client.end_of(3).retry_after_us, 1'000'000u);
  EXPECT_EQ(client.end_of(3).message, "pool 'p' was drained by an administrator");
  EXPECT_EQ(worker.channel.count(FrameType::goaway), 1u);
}

TEST(OperatorDrain, EndsEveryWorkerAndStartsNoneUntilItIsResumed) {
  EngineWorld world(one_pool(2, 4));
  const FakeWorker ready = world.start_worker();
  const FakeWorker starting = world.start_process();

  EXPECT_TRUE(world.ask(on_pool(OperatorCommand::drain)).ok());
  world.kill(ready, 0);
  world.kill(starting, 1);
  world.advance(1h);
  EXPECT_TRUE(world.pool().drained);
  EXPECT_TRUE(world.pool().workers.empty());
  EXPECT_TRUE(world.start_requests.empty());
  EXPECT_EQ(world.pool().workers_failed, 0u);
  EXPECT_TRUE(world.ask(on_pool(OperatorCommand::resume)).ok());

  EXPECT_EQ(world.start_requests.size(), 2u);
  EXPECT_FALSE(world.pool().drained);
}

TEST(OperatorDrain, StartsAWorkerForCallsThatWaited) {
  EngineWorld world(one_pool());
  FakePeer& client = world.connect_client();
  client.request(1, "echo");

  EXPECT_TRUE(world.ask(on_pool(OperatorCommand::drain)).ok());
  const FakeWorker worker = world.start_worker();
  worker.channel.reply(1, "served");

  EXPECT_EQ(client.reply_of(1), "served");
  EXPECT_EQ(worker.channel.count(FrameType::goaway), 1u);
}

TEST(OperatorDrain, IsRefusedTwice) {
  EngineWorld world(one_pool());
  EXPECT_TRUE(world.ask(on_pool(OperatorCommand::drain)).ok());

  expect_refused(world.ask(on_pool(OperatorCommand::drain)), StatusCode::failed_precondition,
                 "pool 'p' is drained already");
  expect_refused(world.ask(on_pool(OperatorCommand::recycle)), StatusCode::failed_precondition, "pool 'p' is drained");
}

TEST(OperatorResume, IsRefusedForAPoolThatIsNotDrained) {
  EngineWorld world(one_pool());

  expect_refused(world.ask(on_pool(OperatorCommand::resume)), StatusCode::failed_precondition,
                 "pool 'p' is not drained");
}

TEST(OperatorRecycle, ReplacesAllWorkersOfAPool) {
  EngineWorld world(one_pool(2, 2));
  (void)world.start_worker();
  (void)world.start_worker();

  EXPECT_TRUE(world.ask(on_pool(OperatorCommand::recycle)).ok());

  EXPECT_TRUE(world.pool().workers.at(0).to_be_recycled);
  EXPECT_TRUE(world.pool().workers.at(1).to_be_recycled);
  EXPECT_EQ(world.pool().workers.at(0).recycle_reason, RecycleReason::operator_asked);
  EXPECT_EQ(world.start_requests.size(), 1u);
}

TEST(OperatorRecycle, ReplacesOneWorker) {
  EngineWorld world(one_pool(2, 2));
  (void)world.start_worker();
  const FakeWorker second = world.start_worker();

  EXPECT_TRUE(world.ask(on_worker(OperatorCommand::recycle, second.id)).ok());
  (void)world.start_worker();
  world.advance(limits::recycle_overlap);

  EXPECT_EQ(second.channel.count(FrameType::goaway), 1u);
  EXPECT_EQ(world.pool().recycles[static_cast<std::size_t>(RecycleReason::operator_asked)], 1u);
  expect_refused(world.ask(on_worker(OperatorCommand::recycle, second.id)), StatusCode::failed_precondition,
                 "worker 2 is ending already");
}

TEST(OperatorKill, EndsAWorkerNowWithItsCallsAndReplacesItAtOnceWithoutAFailure) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");

  EXPECT_TRUE(world.ask(on_worker(OperatorCommand::kill, worker.id)).ok());

  EXPECT_TRUE(world.was_terminated(worker));
  EXPECT_EQ(client.end_of(1).status, StatusCode::unavailable);
  EXPECT_EQ(client.end_of(1).message, "an administrator ended the worker that had received the call");
  EXPECT_EQ(world.start_requests.size(), 1u);
  world.kill(worker, 1);
  EXPECT_EQ(world.pool().workers_failed, 0u);
  EXPECT_EQ(world.pool().failures_in_window, 0u);
  EXPECT_TRUE(world.evidence.empty());
  EXPECT_FALSE(world.logged("pool_backing_off"));
  EXPECT_EQ(world.start_requests.size(), 1u);
}

TEST(OperatorKill, EndsAWorkerThatStarts) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_process();

  EXPECT_TRUE(world.ask(on_worker(OperatorCommand::kill, worker.id)).ok());

  EXPECT_TRUE(world.was_terminated(worker));
  EXPECT_EQ(world.start_requests.size(), 1u);
  world.kill(worker, 1);
  EXPECT_EQ(world.pool().workers_failed, 0u);
}

TEST(OperatorKill, EndsAWorkerThatDrains) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  worker.channel.send([](auto& writer) { writer.goaway({.last_stream = 1}); });

  EXPECT_TRUE(world.ask(on_worker(OperatorCommand::kill, worker.id)).ok());

  EXPECT_TRUE(world.was_terminated(worker));
  EXPECT_EQ(client.end_of(1).status, StatusCode::unavailable);
}

TEST(OperatorKill, IsRefusedForAWorkerThatIsBeingEnded) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  EXPECT_TRUE(world.ask(on_worker(OperatorCommand::kill, worker.id)).ok());

  expect_refused(world.ask(on_worker(OperatorCommand::kill, worker.id)), StatusCode::failed_precondition,
                 "worker 1 is being ended already");
}

TEST(OperatorCloseBreaker, AllowsTheNextStartAtOnceAndForgetsTheFailures) {
  EngineConfig config = one_pool();
  config.pools[0].breaker.failures = 1;
  EngineWorld world(std::move(config));
  world.fail_start("no");
  EXPECT_EQ(world.pool().breaker, BreakerState::open);

  EXPECT_TRUE(world.ask(on_pool(OperatorCommand::close_breaker)).ok());

  EXPECT_EQ(world.pool().breaker, BreakerState::closed);
  EXPECT_EQ(world.pool().failures_in_window, 0u);
  EXPECT_EQ(world.pool().next_start, TimePoint{});
  EXPECT_EQ(world.start_requests.size(), 1u);
}

TEST(OperatorCloseBreaker, IsRefusedForOneThatIsClosed) {
  EngineWorld world(one_pool());

  expect_refused(world.ask(on_pool(OperatorCommand::close_breaker)), StatusCode::failed_precondition,
                 "the breaker of pool 'p' is closed");
}

TEST(Operator, IsToldWhatIsNotThere) {
  EngineWorld world(one_pool());

  expect_refused(world.ask(on_pool(OperatorCommand::drain, "x\n")), StatusCode::not_found, "no such pool: 'x\\n'");
  expect_refused(world.ask(on_worker(OperatorCommand::kill, WorkerId{77})), StatusCode::not_found,
                 "no such worker: 77");
}

TEST(Operator, DoesNotReachAWorkerOfAnotherPool) {
  EngineConfig config = one_pool();
  config.pools.push_back({.name = "q", .routes = {"third"}});
  EngineWorld world(std::move(config));
  const FakeWorker worker = world.start_worker();

  const Status status = world.ask({.command = OperatorCommand::kill, .pool = "q", .worker = worker.id});

  expect_refused(status, StatusCode::not_found, "no such worker: 1");
}

TEST(Operator, HasToSayWhatACommandIsFor) {
  EngineWorld world(one_pool());

  EXPECT_EQ(world.ask(on_pool(OperatorCommand::kill)).code, StatusCode::invalid_argument);
  EXPECT_EQ(world.ask(on_pool(OperatorCommand::drain, "")).code, StatusCode::invalid_argument);
}

TEST(Operator, IsRefusedWhileTheBrokerStops) {
  EngineWorld world(one_pool());
  world.stop(1min);

  expect_refused(world.ask(on_pool(OperatorCommand::drain)), StatusCode::failed_precondition, "the broker is stopping");
}

TEST(Operator, IsNamedInTheLog) {
  EngineWorld world(one_pool());

  (void)world.ask(on_pool(OperatorCommand::drain));
  (void)world.ask(on_pool(OperatorCommand::drain));

  EXPECT_EQ(world.logs("operator_command").at(0).message, "drain of pool 'p' asked by BOX\\admin");
  EXPECT_EQ(world.logs("operator_command").at(1).message,
            "drain of pool 'p' asked by BOX\\admin: pool 'p' is drained already");
}

}  // namespace
}  // namespace plugbroker::engine::testing
