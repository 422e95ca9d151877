// SPDX-License-Identifier: Apache-2.0
#include "service/engine_setup.h"

#include <gmock/gmock.h>

#include "service/service_identity.h"

namespace plugbroker::service {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::Pair;

config::BrokerConfig sample_config() {
  config::BrokerConfig config;
  config.stop_grace = 20s;
  config.limits = {.max_payload_bytes = 1,
                   .max_sessions = 2,
                   .max_streams_per_session = 3,
                   .max_queued_bytes = 29,
                   .hello_timeout = 4s};
  config.quotas = {.max_sessions = 30, .max_calls = 31, .max_queued_bytes = 32, .hello_rate = 33, .hello_burst = 34};
  config.flow_control = {
      .stream_window_bytes = 5, .stream_window_max_bytes = 6, .connection_window_bytes = 7, .window_growth_bytes = 8};
  config::PoolConfig first;
  first.name = "first";
  first.command = {"C:\\w.exe", "a b"};
  first.working_directory = "D:\\";
  first.environment = {{"A", "1"}};
  first.routes = {"x", "y"};
  first.min_workers = 5;
  first.max_workers = 6;
  first.concurrency = 7;
  first.queue_limit = 8;
  first.start_timeout = 9s;
  first.stop_timeout = 10s;
  first.cancel_grace = 11s;
  first.restart_backoff_min = 12s;
  first.restart_backoff_max = 13s;
  first.spare_workers = 14;
  first.max_concurrent_starts = 15;
  first.max_surge = 16;
  first.idle_timeout = 17s;
  first.queue_timeout = 18s;
  first.execution_limit = 19s;
  first.ping_interval = 20s;
  first.ping_timeout = 21s;
  first.idempotent_routes = {"y"};
  first.sticky_sessions = true;
  first.recycle.after_calls = 22;
  first.recycle.after_age = 23s;
  first.recycle.private_bytes = 24;
  first.breaker = {.failures = 25, .window = 26s, .probe_after = 27s, .probe_after_max = 28s};
  first.recycle.at = {"03:30", "23:00"};
  first.recycle.on_file_change = true;
  first.recycle.file_quiet_period = 14s;
  first.process = {.priority = "below_normal",
                   .affinity_mask = 15,
                   .max_memory_bytes = 16,
                   .max_cpu_percent = 17,
                   .max_processes = 18};
  first.dump = config::DumpKind::full;
  first.token = config::TokenKind::sandbox;
  config::PoolConfig second;
  second.name = "second";
  second.concurrency = 1;
  second.start_timeout = 30s;
  second.stop_timeout = 1s;
  config.pools = {first, second};
  return config;
}

TEST(EngineSetup, HandsEveryLimitToTheEngine) {
  const protocol::InstanceId instance{std::byte{7}};

  const engine::EngineConfig made = engine_config(sample_config(), instance);

  EXPECT_EQ(made.max_payload_bytes, 1u);
  EXPECT_EQ(made.max_sessions, 2u);
  EXPECT_EQ(made.max_streams_per_session, 3u);
  EXPECT_EQ(made.max_queued_bytes, 29u);
  EXPECT_EQ(made.quotas.max_sessions, 30u);
  EXPECT_EQ(made.quotas.max_calls, 31u);
  EXPECT_EQ(made.quotas.max_queued_bytes, 32u);
  EXPECT_EQ(made.quotas.hello_rate, 33u);
  EXPECT_EQ(made.quotas.hello_burst, 34u);
  EXPECT_EQ(made.hello_timeout, 4s);
  EXPECT_EQ(made.flow_control.stream_window_bytes, 5u);
  EXPECT_EQ(made.flow_control.stream_window_max_bytes, 6u);
  EXPECT_EQ(made.flow_control.connection_window_bytes, 7u);
  EXPECT_EQ(made.flow_control.window_growth_bytes, 8u);
  EXPECT_EQ(made.instance_id, instance);
  EXPECT_EQ(made.library_version, version);
}

TEST(EngineSetup, HandsEveryPoolToTheEngineInOrder) {
  const engine::EngineConfig made = engine_config(sample_config(), {});

  ASSERT_EQ(made.pools.size(), 2u);
  const engine::PoolConfig& pool = made.pools[0];
  EXPECT_EQ(pool.name, "first");
  EXPECT_THAT(pool.routes, ElementsAre("x", "y"));
  EXPECT_EQ(pool.min_workers, 5u);
  EXPECT_EQ(pool.max_workers, 6u);
  EXPECT_EQ(pool.concurrency, 7u);
  EXPECT_EQ(pool.queue_limit, 8u);
  EXPECT_EQ(pool.start_timeout, 9s);
  EXPECT_EQ(pool.stop_timeout, 10s);
  EXPECT_EQ(pool.cancel_grace, 11s);
  EXPECT_EQ(pool.restart_backoff_min, 12s);
  EXPECT_EQ(pool.restart_backoff_max, 13s);
  EXPECT_EQ(made.pools[1].name, "second");
}

TEST(EngineSetup, HandsEveryRuleOfAPoolToTheEngine) {
  const engine::EngineConfig made = engine_config(sample_config(), {});

  const engine::PoolConfig& pool = made.pools.at(0);
  EXPECT_EQ(pool.spare_workers, 14u);
  EXPECT_EQ(pool.max_concurrent_starts, 15u);
  EXPECT_EQ(pool.max_surge, 16u);
  EXPECT_EQ(pool.idle_timeout, 17s);
  EXPECT_EQ(pool.queue_timeout, 18s);
  EXPECT_EQ(pool.execution_limit, 19s);
  EXPECT_EQ(pool.ping_interval, 20s);
  EXPECT_EQ(pool.ping_timeout, 21s);
  EXPECT_THAT(pool.idempotent_routes, ElementsAre("y"));
  EXPECT_TRUE(pool.sticky_sessions);
  EXPECT_EQ(pool.recycle.after_calls, 22u);
  EXPECT_EQ(pool.recycle.after_age, 23s);
  EXPECT_EQ(pool.recycle.private_bytes, 24u);
  EXPECT_EQ(pool.breaker.failures, 25u);
  EXPECT_EQ(pool.breaker.window, 26s);
  EXPECT_EQ(pool.breaker.probe_after, 27s);
  EXPECT_EQ(pool.breaker.probe_after_max, 28s);
}

TEST(EngineSetup, HandsProgramsToTheProcessHostInTheSameOrder) {
  const std::vector<win::LaunchSpec> specs = launch_specs(sample_config());

  ASSERT_EQ(specs.size(), 2u);
  EXPECT_EQ(specs[0].pool, "first");
  EXPECT_THAT(specs[0].command, ElementsAre("C:\\w.exe", "a b"));
  EXPECT_EQ(specs[0].working_directory, "D:\\");
  EXPECT_THAT(specs[0].environment, ElementsAre(Pair("A", "1"), Pair("PLUGBROKER_CONCURRENCY", "7")));
  EXPECT_EQ(specs[1].pool, "second");
}

TEST(EngineSetup, TellsEachWorkerHowManyCallsItsPoolGivesIt) {
  const std::vector<win::LaunchSpec> specs = launch_specs(sample_config());

  ASSERT_EQ(specs.size(), 2u);
  EXPECT_THAT(specs[1].environment, ElementsAre(Pair("PLUGBROKER_CONCURRENCY", "1")));
}

TEST(EngineSetup, HandsEveryLimitOfAProcessToItsStart) {
  const std::vector<win::LaunchSpec> specs = launch_specs(sample_config());

  EXPECT_EQ(specs[0].limits.priority, win::Priority::below_normal);
  EXPECT_EQ(specs[0].limits.affinity_mask, 15u);
  EXPECT_EQ(specs[0].limits.max_memory_bytes, 16u);
  EXPECT_EQ(specs[0].limits.max_cpu_percent, 17u);
  EXPECT_EQ(specs[0].limits.max_processes, 18u);
  EXPECT_EQ(specs[1].limits.priority, win::Priority::normal);
}

TEST(EngineSetup, KnowsEveryPriorityAndKindOfDump) {
  config::BrokerConfig config = sample_config();
  const auto priority = [&config](std::string_view name) {
    config.pools[0].process.priority = name;
    return launch_specs(config)[0].limits.priority;
  };
  const auto dump = [&config](config::DumpKind kind) {
    config.pools[0].dump = kind;
    return launch_specs(config)[0].dump;
  };

  EXPECT_EQ(priority("idle"), win::Priority::idle);
  EXPECT_EQ(priority("normal"), win::Priority::normal);
  EXPECT_EQ(priority("above_normal"), win::Priority::above_normal);
  EXPECT_EQ(priority("high"), win::Priority::high);
  EXPECT_EQ(dump(config::DumpKind::off), win::DumpKind::off);
  EXPECT_EQ(dump(config::DumpKind::mini), win::DumpKind::mini);
  EXPECT_EQ(dump(config::DumpKind::full), win::DumpKind::full);
}

TEST(EngineSetup, HandsTheKindOfTokenToTheStart) {
  config::BrokerConfig config = sample_config();
  const auto token = [&config](config::TokenKind kind) {
    config.pools[0].token = kind;
    return launch_specs(config)[0].token;
  };

  EXPECT_EQ(launch_specs(sample_config())[0].token, runtime::TokenKind::sandbox);
  EXPECT_EQ(launch_specs(sample_config())[1].token, runtime::TokenKind::restricted);
  EXPECT_EQ(token(config::TokenKind::inherit), runtime::TokenKind::inherit);
  EXPECT_EQ(token_check(config::TokenCheck::strict), runtime::TokenCheck::strict);
  EXPECT_EQ(token_check(config::TokenCheck::report), runtime::TokenCheck::report);
}

TEST(EngineSetup, TellsTheHostWhenAPoolIsOutdated) {
  const std::vector<win::LaunchSpec> specs = launch_specs(sample_config());

  EXPECT_THAT(specs[0].outdated.daily_minutes, ElementsAre(3 * 60 + 30, 23 * 60));
  EXPECT_TRUE(specs[0].outdated.on_file_change);
  EXPECT_EQ(specs[0].outdated.quiet_period, 14s);
  EXPECT_FALSE(specs[1].outdated.on_file_change);
}

TEST(EngineSetup, LetsOneNamedPoolBeAttachedOnly) {
  const engine::EngineConfig without = engine_config(sample_config(), {});
  const engine::EngineConfig with = engine_config(sample_config(), {}, "second");

  EXPECT_FALSE(without.pools[0].attached_only);
  EXPECT_FALSE(without.pools[1].attached_only);
  EXPECT_FALSE(with.pools[0].attached_only);
  EXPECT_TRUE(with.pools[1].attached_only);
}

TEST(EngineSetup, NeedsThePipeToAttachByForItselfToo) {
  config::BrokerConfig config = sample_config();
  config.pipe = "p";
  config.admin_pipe = "a";

  EXPECT_THAT(pipe_names(config, ""), ElementsAre("p", "a"));
  EXPECT_THAT(pipe_names(config, "second"), ElementsAre("p", "a", R"(\\.\pipe\PlugBroker.Attach.second)"));
  EXPECT_TRUE(has_pool(config, "second"));
  EXPECT_FALSE(has_pool(config, "third"));
}

}  // namespace
}  // namespace plugbroker::service
