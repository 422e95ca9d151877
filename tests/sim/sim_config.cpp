// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/sim_config.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <vector>

namespace plugbroker::sim {
namespace {

using namespace std::chrono_literals;
using engine::EngineConfig;
using engine::PoolConfig;

constexpr std::array<const char*, 3> pool_names{"p", "q", "r"};
const std::array<std::vector<std::string>, 3> pool_routes{{{"echo", "other"}, {"third"}, {"fourth", "fifth"}}};

Duration one_of(Dice& dice, std::initializer_list<Duration> durations) {
  return dice.one_of(durations);
}

void draw_sizes(PoolConfig& pool, Dice& dice) {
  pool.min_workers = dice.between(0, 2);
  pool.max_workers = std::max(pool.min_workers, 1u) + dice.between(0, 2);
  pool.spare_workers = dice.between(0, pool.max_workers - pool.min_workers);
  pool.max_concurrent_starts = dice.between(1, 4);
  pool.max_surge = dice.between(0, 2);
  pool.concurrency = dice.between(1, 4);
  pool.queue_limit = dice.one_of({1u, 3u, 8u, 30u});
}

void draw_times(PoolConfig& pool, Dice& dice) {
  pool.idle_timeout = one_of(dice, {0s, 0s, 300ms, 3s});
  pool.queue_timeout = one_of(dice, {0s, 0s, 50ms, 500ms});
  pool.execution_limit = one_of(dice, {0s, 0s, 100ms, 1s});
  pool.ping_interval = one_of(dice, {0s, 0s, 200ms, 1s});
  pool.ping_timeout = one_of(dice, {100ms, 1s});
  pool.start_timeout = one_of(dice, {200ms, 2s});
  pool.stop_timeout = one_of(dice, {100ms, 1s});
  pool.cancel_grace = one_of(dice, {50ms, 500ms});
  pool.restart_backoff_min = one_of(dice, {10ms, 250ms});
  pool.restart_backoff_max = one_of(dice, {250ms, 1s, 5s});
}

void draw_rules(PoolConfig& pool, Dice& dice) {
  pool.recycle = {.after_calls = dice.one_of<std::uint64_t>({0, 0, 2, 20}),
                  .after_age = one_of(dice, {0s, 0s, 500ms, 5s}),
                  .private_bytes = dice.one_of<std::uint64_t>({0, 0, 100'000'000}),
                  .jitter_percent = dice.one_of({0u, 10u, 50u})};
  pool.breaker = {.failures = dice.one_of({1u, 3u, 5u, 1000u}),
                  .window = one_of(dice, {500ms, 5s, 5min}),
                  .probe_after = one_of(dice, {50ms, 1s}),
                  .probe_after_max = one_of(dice, {1s, 5s}),
                  .jitter_percent = dice.one_of({0u, 10u, 50u})};
  std::ranges::copy_if(pool.routes, std::back_inserter(pool.idempotent_routes),
                       [&](const std::string&) { return dice.once_in(2); });
  pool.sticky_sessions = dice.once_in(3);
}

/// Mostly out of the way; now and then so small that each is met.
void draw_quotas(EngineConfig& config, Dice& dice) {
  if (!dice.once_in(3)) return;
  config.quotas.max_sessions = dice.one_of({1u, 2u, 100u});
  config.quotas.max_calls = dice.one_of({2u, 6u, 1000u});
  config.quotas.max_queued_bytes = dice.one_of<std::uint64_t>({200'000, 1'000'000, 1'000'000'000});
  config.max_queued_bytes = config.quotas.max_queued_bytes * dice.one_of<std::uint64_t>({1, 2, 10});
  config.quotas.hello_rate = dice.one_of({1u, 1000u});
  config.quotas.hello_burst = dice.one_of({2u, 1000u});
}

}  // namespace

EngineConfig draw_config(Dice& dice) {
  EngineConfig config;
  const std::size_t pools = 1 + dice.below(pool_names.size());
  for (std::size_t i = 0; i < pools; ++i) {
    PoolConfig& pool = config.pools.emplace_back();
    pool.name = pool_names[i];
    pool.routes = pool_routes[i];
    draw_sizes(pool, dice);
    draw_times(pool, dice);
    draw_rules(pool, dice);
  }
  config.pools.back().attached_only = pools > 1 && dice.once_in(4);
  config.hello_timeout = one_of(dice, {200ms, 2s});
  config.max_sessions = dice.one_of({3u, 100u});
  config.max_streams_per_session = dice.one_of({2u, 6u, 12u});
  config.max_payload_bytes = dice.one_of<std::uint64_t>({1'000, 200'000, 500'000});
  for (std::byte& byte : config.instance_id) byte = static_cast<std::byte>(dice.below(256));
  draw_quotas(config, dice);
  return config;
}

}  // namespace plugbroker::sim
