// SPDX-License-Identifier: Apache-2.0
// Workers that are being ended, perhaps for as long as a dump takes, keep their places until their processes are gone.
#include <gtest/gtest.h>

#include "tests/unit/engine/engine_world.h"

namespace plugbroker::engine::testing {
namespace {

/// One worker, whose breaker opens with the first failure; no jitter, and a back-off below the breaker's wait.
EngineConfig one_strike(std::uint32_t max_surge) {
  EngineConfig config = one_pool();
  config.pools[0].max_surge = max_surge;
  config.pools[0].restart_backoff_min = 10ms;
  config.pools[0].restart_backoff_max = 20ms;
  config.pools[0].breaker = {.failures = 1, .probe_after = 10s, .probe_after_max = 15s, .jitter_percent = 0};
  return config;
}

/// Its worker is terminated, and its process stays.
FakeWorker fail_and_stay(EngineWorld& world) {
  const FakeWorker worker = world.start_worker();
  worker.channel.data(99, "never asked for");
  EXPECT_TRUE(world.was_terminated(worker));
  return worker;
}

TEST(HeldPlaces, EndCallsAtOnceWhileTheBreakerIsOpenAndItsProbeHasNoPlace) {
  EngineWorld world(one_strike(0));
  FakePeer& client = world.connect_client();
  (void)fail_and_stay(world);

  world.advance(20s);
  client.request(1, "echo", {}, 1h);

  EXPECT_TRUE(world.start_requests.empty());
  EXPECT_EQ(client.end_of(1).status, StatusCode::unavailable);
  EXPECT_EQ(client.end_of(1).retry, RetryClass::after_backoff);
  EXPECT_EQ(client.end_of(1).retry_after_us, 1'000'000u);
  EXPECT_EQ(
      client.end_of(1).message,
      "pool 'p' has no worker: worker broke the protocol: a frame for a stream that was never opened; its breaker is "
      "open, next probe when one that is being ended is gone");
}

TEST(HeldPlaces, AreFreeForTheProbeAsSoonAsTheProcessIsGone) {
  EngineWorld world(one_strike(0));
  FakePeer& client = world.connect_client();
  const FakeWorker failed = fail_and_stay(world);
  world.advance(20s);

  world.exit(failed, 1);
  client.request(1, "echo");

  EXPECT_EQ(world.start_requests.size(), 1u);
  EXPECT_EQ(world.pool().breaker, BreakerState::half_open);
  EXPECT_FALSE(client.has_end(1));
}

TEST(HeldPlaces, AreMadeUpForByMaxSurge) {
  EngineWorld world(one_strike(1));
  (void)fail_and_stay(world);

  world.advance(10s);

  EXPECT_EQ(world.start_requests.size(), 1u);
  EXPECT_EQ(world.pool().breaker, BreakerState::half_open);
}

TEST(HeldPlaces, EndCallsAtOnceAlsoAfterThreeStartsInARowHaveFailed) {
  EngineConfig config = one_strike(0);
  config.pools[0].breaker.failures = 100;
  EngineWorld world(std::move(config));
  FakePeer& client = world.connect_client();
  for (int i = 0; i < 2; ++i) {
    world.fail_start("no such program");
    world.advance(20ms);
  }
  (void)world.start_process();

  world.advance(30s + 20ms);  // It is not ready in time, its process stays, and the back-off has passed.
  client.request(1, "echo", {}, 1h);

  EXPECT_EQ(client.end_of(1).status, StatusCode::unavailable);
  EXPECT_EQ(client.end_of(1).message,
            "pool 'p' has no worker: worker was not ready within its start_timeout; next start when one that is being "
            "ended is gone");
}

TEST(HeldPlaces, LetCallsWaitWhenTheWorkerHadProvedItself) {
  EngineConfig config = one_strike(0);
  config.pools[0].breaker.failures = 100;
  EngineWorld world(std::move(config));
  FakePeer& client = world.connect_client();
  const FakeWorker worker = world.start_worker();
  client.request(1, "echo");
  worker.channel.end(1);
  worker.channel.data(99, "never asked for");

  client.request(2, "echo");
  EXPECT_FALSE(client.has_end(2));
  world.exit(worker, 1);
  const FakeWorker next = world.start_worker();
  next.channel.reply(1, "served");

  EXPECT_EQ(client.reply_of(2), "served");
}

}  // namespace
}  // namespace plugbroker::engine::testing
