// SPDX-License-Identifier: Apache-2.0
// A pool whose workers fail again and again stops starting them, says so, and tries again by itself.
#include <gtest/gtest.h>

#include <functional>

#include "tests/unit/engine/engine_world.h"

namespace plugbroker::engine::testing {
namespace {

using protocol::FrameType;

/// Opens after two failures, without jitter; the back-off below it is short.
EngineConfig two_strikes(std::uint32_t min_workers = 1, std::uint32_t max_workers = 1) {
  EngineConfig config = one_pool(min_workers, max_workers);
  config.pools[0].restart_backoff_min = 10ms;
  config.pools[0].restart_backoff_max = 20ms;
  config.pools[0].breaker = {.failures = 2, .probe_after = 10s, .probe_after_max = 15s, .jitter_percent = 0};
  return config;
}

void open_breaker(EngineWorld& world) {
  world.fail_start("no such program");
  world.advance(10ms);
  world.fail_start("no such program");
  ASSERT_EQ(world.pool().breaker, BreakerState::open);
}

TEST(Breaker, OpensAfterSoManyFailuresAndStartsNothingUntilTheProbe) {
  EngineWorld world(two_strikes());

  open_breaker(world);
  world.advance(10s - 1us);
  EXPECT_TRUE(world.start_requests.empty());
  EXPECT_EQ(world.pool().failures_in_window, 2u);
  EXPECT_EQ(world.pool().next_start, world.now + 1us);
  world.advance(1us);

  EXPECT_EQ(world.start_requests.size(), 1u);
  EXPECT_EQ(world.pool().breaker, BreakerState::half_open);
  EXPECT_EQ(world.logs("breaker_opened").size(), 1u);
  EXPECT_EQ(world.logs("breaker_probe").size(), 1u);
}

TEST(Breaker, EndsCallsAtOnceWithTheReasonAndTheNextProbesTime) {
  EngineWorld world(two_strikes());
  FakePeer& client = world.connect_client();
  client.request(1, "echo", {}, 1h);

  open_breaker(world);
  world.advance(4s);
  client.request(2, "echo", {}, 1h);

  EXPECT_EQ(client.end_of(1).status, StatusCode::unavailable);
  EXPECT_EQ(client.end_of(1).retry, RetryClass::after_backoff);
  EXPECT_EQ(client.end_of(2).status, StatusCode::unavailable);
  EXPECT_EQ(client.end_of(2).retry, RetryClass::after_backoff);
  EXPECT_FALSE(client.end_of(2).worker_received);
  EXPECT_EQ(client.end_of(2).message,
            "pool 'p' has no worker: no such program; its breaker is open, next probe in 6000 ms");
  EXPECT_EQ(client.end_of(1).retry_after_us, 10'000'000u);
  EXPECT_EQ(client.end_of(2).retry_after_us, 6'000'000u);
}

TEST(Breaker, NeverTellsToTryAgainAtOnce) {
  EngineWorld world(two_strikes());
  FakePeer& client = world.connect_client();
  open_breaker(world);

  world.advance(10s - 1us);
  client.request(1, "echo", {}, 1h);

  EXPECT_EQ(client.end_of(1).retry_after_us, 10'000u);
}

TEST(Breaker, EndsCallsThatWaitWhenTheLastWorkerThatServesLeaves) {
  EngineWorld world(two_strikes(2, 2));
  const FakeWorker good = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  client.request(2, "echo");
  open_breaker(world);
  EXPECT_FALSE(client.has_end(2));

  good.channel.send([](auto& writer) { writer.goaway({.last_stream = 1}); });

  EXPECT_EQ(client.end_of(2).status, StatusCode::unavailable);
  EXPECT_EQ(client.end_of(2).retry_after_us, 10'000'000u);
}

TEST(Breaker, LetsCallsWaitForTheProbeAndClosesWhenTheProbeHasEndedOne) {
  EngineWorld world(two_strikes());
  FakePeer& client = world.connect_client();
  open_breaker(world);
  world.advance(10s);

  client.request(1, "echo");
  const FakeWorker probe = world.start_worker();
  EXPECT_EQ(world.pool().breaker, BreakerState::half_open);
  probe.channel.reply(1, "works");

  EXPECT_EQ(client.reply_of(1), "works");
  EXPECT_EQ(world.pool().breaker, BreakerState::closed);
  EXPECT_EQ(world.pool().failures_in_window, 0u);
  EXPECT_TRUE(world.logged("breaker_closed"));
}

TEST(Breaker, ClosesByItselfWhenTheProbeLasts) {
  EngineWorld world(two_strikes());
  open_breaker(world);
  world.advance(10s);
  (void)world.start_worker();
  EXPECT_EQ(world.pool().breaker, BreakerState::half_open);

  world.advance(20ms);

  EXPECT_EQ(world.pool().breaker, BreakerState::closed);
}

TEST(Breaker, WaitsTwiceAsLongAfterAProbeThatFailedUpToItsMaximum) {
  EngineWorld world(two_strikes());
  open_breaker(world);
  world.advance(10s);

  world.fail_start("still not");
  EXPECT_EQ(world.pool().breaker, BreakerState::open);
  world.advance(15s - 1us);
  EXPECT_TRUE(world.start_requests.empty());
  world.advance(1us);

  EXPECT_EQ(world.start_requests.size(), 1u);
}

TEST(Breaker, ProbesInTimeAlthoughTheBackOffBeforeWasLonger) {
  EngineConfig config = two_strikes(2, 2);
  config.pools[0].restart_backoff_min = config.pools[0].restart_backoff_max = 1min;
  EngineWorld world(std::move(config));
  ASSERT_EQ(world.start_requests.size(), 2u);
  world.fail_start("no such program");
  world.fail_start("no such program");
  ASSERT_EQ(world.pool().breaker, BreakerState::open);

  world.advance(10s);

  EXPECT_EQ(world.start_requests.size(), 1u);
}

TEST(Breaker, ProbesAlsoAPoolThatNobodyCalls) {
  EngineWorld world(two_strikes(0, 1));
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  open_breaker(world);

  world.advance(10s);
  (void)world.start_worker();
  world.advance(20ms);

  EXPECT_EQ(world.pool().breaker, BreakerState::closed);
}

TEST(Breaker, LeavesWorkersThatServeAlone) {
  EngineWorld world(two_strikes(2, 2));
  const FakeWorker good = world.start_worker();
  FakePeer& client = world.connect_client();
  open_breaker(world);

  client.request(1, "echo");
  good.channel.reply(1, "served");

  EXPECT_EQ(client.reply_of(1), "served");
  EXPECT_EQ(world.pool().breaker, BreakerState::open);
  EXPECT_FALSE(client.has_end(2));
}

TEST(Breaker, AllowsAnotherProbeAtOnceWhenAnAdministratorKillsTheProbe) {
  EngineWorld world(two_strikes());
  open_breaker(world);
  world.advance(10s);
  const FakeWorker probe = world.start_worker();

  EXPECT_TRUE(world.ask({.command = OperatorCommand::kill, .worker = probe.id}).ok());

  EXPECT_EQ(world.start_requests.size(), 1u);
  EXPECT_EQ(world.pool().breaker, BreakerState::half_open);
}

TEST(Breaker, StaysClosedWhenFailuresAreFarApart) {
  EngineConfig config = two_strikes();
  config.pools[0].start_timeout = 1h;
  EngineWorld world(std::move(config));

  for (int i = 0; i < 10; ++i) {
    world.fail_start("no");
    world.advance(5min);
  }

  EXPECT_EQ(world.pool().breaker, BreakerState::closed);
  EXPECT_FALSE(world.logged("breaker_opened"));
}

TEST(Breaker, IsQuietOnceTheBrokerStops) {
  EngineWorld world(two_strikes());
  open_breaker(world);

  world.stop(1s);
  world.advance(1h);

  EXPECT_EQ(world.stopped, 1);
  EXPECT_TRUE(world.start_requests.empty());
  EXPECT_EQ(world.engine.next_timer(), far_future);
}

TEST(Breaker, EndsACallThatIsPutBackWhenNobodyIsLeftToTakeIt) {
  EngineConfig config = two_strikes();
  config.pools[0].concurrency = 2;
  config.pools[0].max_surge = 0;
  config.pools[0].idempotent_routes = {"echo"};
  config.pools[0].breaker.failures = 1;
  EngineWorld world(std::move(config));
  FakePeer& client = world.connect_client();
  const FakeWorker worker = world.start_worker();
  client.request(1, "other");
  client.request(2, "echo", {}, 1h);
  client.cancel(1);
  world.advance(5s);  // It hangs, which opens the breaker, and keeps the other call.
  ASSERT_EQ(world.pool().breaker, BreakerState::open);
  ASSERT_FALSE(client.has_end(2));

  world.kill(worker);

  EXPECT_EQ(client.end_of(2).status, StatusCode::unavailable);
  EXPECT_TRUE(client.end_of(2).worker_received);
}

/// A way in which a worker that has ended a call fails.
struct Failure {
  std::string name;
  std::function<void(EngineWorld& world, const FakeWorker& worker, FakePeer& client)> happen;
};

class BreakerCounts : public ::testing::TestWithParam<Failure> {};

TEST_P(BreakerCounts, OneFailure) {
  EngineConfig config = two_strikes();
  config.pools[0].ping_interval = 1h;
  EngineWorld world(std::move(config));
  FakePeer& client = world.connect_client();
  const FakeWorker worker = world.start_worker();
  client.request(1, "echo");
  worker.channel.end(1);
  ASSERT_EQ(world.pool().failures_in_window, 0u);

  GetParam().happen(world, worker, client);

  EXPECT_EQ(world.pool().failures_in_window, 1u);
  EXPECT_EQ(world.pool().workers_failed, 1u);
}

void complain(const FakeWorker& worker, StatusCode status) {
  worker.channel.send([&](auto& writer) { writer.goaway({.last_stream = 1, .status = status}); });
}

INSTANTIATE_TEST_SUITE_P(
    OfEveryKind, BreakerCounts,
    ::testing::Values(
        Failure{"Exit", [](auto& world, auto& worker, auto&) { world.kill(worker, 1); }},
        Failure{"ExitWithoutAWord", [](auto& world, auto& worker, auto&) { world.kill(worker, 0); }},
        Failure{"Garbage", [](auto&, auto& worker, auto&) { worker.channel.data(99, "never asked for"); }},
        Failure{"MissedPing", [](auto& world, auto&, auto&) { world.advance(1h + 10s); }},
        Failure{"HungCall",
                [](auto& world, auto&, auto& client) {
                  client.request(2, "echo");
                  client.cancel(2);
                  world.advance(5s);
                }},
        Failure{"Complaint", [](auto&, auto& worker, auto&) { complain(worker, StatusCode::invalid_argument); }},
        Failure{"GoingAwayWithAnError",
                [](auto& world, auto& worker, auto&) {
                  complain(worker, StatusCode::internal);
                  world.kill(worker, 1);
                }},
        Failure{"GoingAwayPolitelyAndExitingWithAnError",
                [](auto& world, auto& worker, auto&) {
                  complain(worker, StatusCode::ok);
                  world.kill(worker, 1);
                }},
        Failure{"GoingAwayPolitelyAndNotExiting",
                [](auto& world, auto& worker, auto&) {
                  complain(worker, StatusCode::ok);
                  world.advance(5s);
                }},
        Failure{"GoingAwayPolitelyTwiceAndNotExiting",
                [](auto& world, auto& worker, auto&) {
                  complain(worker, StatusCode::ok);
                  complain(worker, StatusCode::ok);
                  world.advance(5s);
                }},
        Failure{"GoingAwayPolitelyAndClosingWithoutExiting",
                [](auto& world, auto& worker, auto&) {
                  complain(worker, StatusCode::ok);
                  worker.channel.disappear();
                  world.advance(5s);
                }},
        Failure{"GoingAwayPolitelyAndWritingGarbage",
                [](auto&, auto& worker, auto&) {
                  complain(worker, StatusCode::ok);
                  worker.channel.data(99, "never asked for");
                }},
        Failure{"GoingAwayPolitelyWithACallThatHangs",
                [](auto& world, auto& worker, auto& client) {
                  client.request(2, "echo");
                  worker.channel.send([](auto& writer) { writer.goaway({.last_stream = 2}); });
                  client.cancel(2);
                  world.advance(5s);
                }}),
    [](const auto& failure) { return failure.param.name; });

TEST(BreakerCountsStarts, ThatAreNotReadyInTime) {
  EngineWorld world(two_strikes());
  (void)world.start_process();

  world.advance(30s);

  EXPECT_EQ(world.pool().failures_in_window, 1u);
}

TEST(BreakerCountsStarts, OfWorkersThatGoAwayHavingDoneNothing) {
  EngineWorld world(two_strikes());
  const FakeWorker worker = world.start_worker();

  complain(worker, StatusCode::ok);
  world.kill(worker, 0);

  EXPECT_EQ(world.pool().failures_in_window, 1u);
}

}  // namespace
}  // namespace plugbroker::engine::testing
