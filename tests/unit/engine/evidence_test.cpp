// SPDX-License-Identifier: Apache-2.0
// What is kept of a worker that failed.
#include <gtest/gtest.h>

#include "tests/unit/engine/engine_world.h"

namespace plugbroker::engine::testing {
namespace {

EngineConfig without_breaker(std::uint32_t concurrency = 1) {
  EngineConfig config = one_pool(1, 1, concurrency);
  config.pools[0].breaker.failures = 0;
  return config;
}

TEST(Evidence, OfAWorkerThatDiedByItselfNamesItsCallsTheOldestFirst) {
  EngineWorld world(without_breaker(2));
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo", "12345", 30s, 0);
  client.data(1, "678");
  world.advance(2s);
  client.request(2, "other");
  world.advance(1s);

  world.kill(worker, 3);

  ASSERT_EQ(world.evidence.size(), 1u);
  EXPECT_EQ(world.evidence[0].first, worker.id);
  const EvidenceCase& kept = world.evidence[0].second;
  EXPECT_EQ(kept.reason, "worker ended with exit code 3");
  EXPECT_EQ(kept.calls_held, 2u);
  ASSERT_EQ(kept.calls.size(), 2u);
  EXPECT_EQ(kept.calls[0].route, "echo");
  EXPECT_EQ(kept.calls[0].age, 3s);
  EXPECT_EQ(kept.calls[0].request_bytes, 8u);
  EXPECT_EQ(kept.calls[0].trace_id, "");
  EXPECT_EQ(kept.calls[1].route, "other");
  EXPECT_EQ(kept.calls[1].age, 1s);
}

TEST(Evidence, HasTheTraceOfACallThatHadOne) {
  EngineWorld world(without_breaker());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  std::vector<std::byte> traceparent;
  for (int i = 0; i < 25; ++i) traceparent.push_back(std::byte(0xA0 + i));
  client.send(
      [&](auto& writer) { writer.request(1, whole, 30'000'000, {.route = "echo", .traceparent = traceparent}, {}); });

  world.kill(worker, 3);

  EXPECT_EQ(world.evidence.at(0).second.calls.at(0).trace_id, "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf");
}

TEST(Evidence, IsTheSameWhenTheChannelClosesBeforeTheProcessIsGone) {
  EngineWorld world(without_breaker());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo", "12345");

  worker.channel.disappear();
  world.exit(worker, 3);

  EXPECT_EQ(world.evidence.at(0).second.reason, "worker ended with exit code 3");
  EXPECT_EQ(world.evidence.at(0).second.calls.at(0).request_bytes, 5u);
}

TEST(Evidence, OfAWorkerThatTheBrokerEndsComesWithTheOrderAndOnlyOnce) {
  EngineWorld world(without_breaker());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");

  worker.channel.data(99, "never asked for");
  ASSERT_EQ(world.evidence.size(), 1u);
  world.kill(worker, 1);

  EXPECT_EQ(world.evidence.size(), 1u);
  EXPECT_EQ(world.evidence[0].second.reason.find("worker broke the protocol"), 0u);
  EXPECT_EQ(world.evidence[0].second.calls_held, 1u);
}

TEST(Evidence, IsGivenForAHungCall) {
  EngineWorld world(without_breaker());
  (void)world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  client.cancel(1);

  world.advance(5s);

  EXPECT_EQ(world.evidence.at(0).second.reason, "worker did not end a cancelled call within its cancel_grace");
  EXPECT_EQ(world.evidence.at(0).second.calls.at(0).age, 5s);
}

TEST(Evidence, IsGivenForAStartThatTakesTooLong) {
  EngineWorld world(without_breaker());
  (void)world.start_process();

  world.advance(30s);

  EXPECT_EQ(world.evidence.at(0).second.reason, "worker was not ready within its start_timeout");
  EXPECT_EQ(world.evidence.at(0).second.calls_held, 0u);
}

TEST(Evidence, DescribesNoMoreCallsThanItsLimitAndCountsThemAll) {
  EngineWorld world(without_breaker(40));
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  for (std::uint64_t stream = 1; stream <= 30; ++stream) client.request(stream, "echo");

  world.kill(worker);

  EXPECT_EQ(world.evidence.at(0).second.calls.size(), limits::max_evidence_calls);
  EXPECT_EQ(world.evidence.at(0).second.calls_held, 30u);
}

TEST(Evidence, LeavesOutCallsThatTheWorkerCannotHaveSeen) {
  EngineWorld world(without_breaker(2));
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  worker.channel.stop_reading();
  client.request(1, "echo");

  world.kill(worker);

  EXPECT_EQ(world.evidence.at(0).second.calls_held, 0u);
}

TEST(Evidence, IsNotKeptOfAnEndThatWasAskedFor) {
  EngineWorld world(without_breaker());
  const FakeWorker worker = world.start_worker();

  world.stop(1s);
  world.advance(5s);  // It does not exit in time.
  world.kill(worker, 1);

  EXPECT_TRUE(world.was_terminated(worker));
  EXPECT_TRUE(world.evidence.empty());
}

TEST(Evidence, IsNotKeptOfAnAttachedWorker) {
  EngineConfig config = one_pool();
  config.pools[0].attached_only = true;
  EngineWorld world(std::move(config));
  FakePeer& worker = world.attach();
  worker.hello(protocol::Role::worker);
  worker.ready({"echo", "other"}, 1);

  worker.data(99, "never asked for");
  world.finish_closing();

  EXPECT_TRUE(world.evidence.empty());
}

}  // namespace
}  // namespace plugbroker::engine::testing
