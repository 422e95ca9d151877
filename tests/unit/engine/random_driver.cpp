// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/engine/random_driver.h"

#include <algorithm>
#include <iterator>
#include <numeric>

namespace plugbroker::engine::testing {
namespace {

constexpr std::uint32_t concurrency = 3;
constexpr std::uint32_t queue_limit = 8;
constexpr std::uint32_t max_surge = 1;
constexpr std::ptrdiff_t most_clients = 5;

EngineConfig driver_config() {
  EngineConfig config;
  config.pools.push_back({.name = "p",
                          .routes = {"echo", "other"},
                          .min_workers = 1,
                          .max_workers = 3,
                          .spare_workers = 1,
                          .max_concurrent_starts = 2,
                          .max_surge = max_surge,
                          .idle_timeout = 500ms,
                          .concurrency = concurrency,
                          .queue_limit = queue_limit,
                          .start_timeout = 2s,
                          .stop_timeout = 1s,
                          .cancel_grace = 500ms,
                          .recycle = {.after_calls = 10, .after_age = 3s},
                          .breaker = {.window = 2s, .probe_after = 500ms}});
  config.pools.push_back({.name = "q",
                          .routes = {"third"},
                          .min_workers = 0,
                          .max_workers = 1,
                          .concurrency = concurrency,
                          .queue_limit = queue_limit,
                          .start_timeout = 2s,
                          .stop_timeout = 1s,
                          .cancel_grace = 500ms,
                          .breaker = {.window = 2s, .probe_after = 500ms}});
  config.max_payload_bytes = 500'000;
  config.max_streams_per_session = 12;
  return config;
}

template <typename List>
auto& any_of(List& list, Dice& dice) {
  return *std::next(list.begin(), static_cast<std::ptrdiff_t>(dice.below(list.size())));
}

}  // namespace

RandomDriver::RandomDriver(std::uint64_t seed, const Options& options)
    : dice_(seed), options_(options), world_(driver_config()) {}

RandomDriver::Report RandomDriver::run() {
  for (int i = 0; i < options_.steps; ++i) {
    step();
    consume();
    check_bounds();
  }
  finish_calls();
  stop();
  check_emptiness();

  Report report{.violations = violations_};
  for (const RandomClient& client : clients_) {
    for (const auto& [status, count] : client.outcomes()) report.outcomes[status] += count;
  }
  for (const PoolSnapshot& pool : world_.snapshot().pools) {
    report.workers_started += pool.workers_started;
    report.workers_failed += pool.workers_failed;
  }
  return report;
}

void RandomDriver::step() {
  const auto living = std::ranges::count_if(clients_, [](const RandomClient& client) { return !client.gone(); });
  if (living < most_clients && dice_.once_in(10)) {
    clients_.emplace_back(world_.connect(), dice_, violations_).begin();
    clients_.back().loses_an_end = options_.lose_ends;
    clients_.back().loses_a_message = options_.lose_messages;
  }
  if (!world_.start_requests.empty() && dice_.once_in(4)) answer_start_request();
  for (RandomClient& client : clients_) {
    if (dice_.once_in(2)) client.act();
    if (dice_.once_in(2)) client.deliver(false);
  }
  for (RandomWorker& worker : workers_) {
    if (dice_.once_in(2)) worker.act();
    if (dice_.once_in(2)) worker.deliver(false);
  }
  if (dice_.once_in(10)) disturb_client();
  if (dice_.once_in(10)) disturb_worker();
  if (dice_.once_in(20)) disturb_pool();
  if (dice_.once_in(3)) settle_the_ended();
  if (dice_.once_in(4)) world_.advance(Duration{static_cast<Duration::rep>(dice_.below(200'000))});
}

void RandomDriver::answer_start_request() {
  if (dice_.once_in(6)) {
    world_.fail_start("no such program");
    return;
  }
  workers_.emplace_back(world_.start_process(), concurrency, dice_, violations_).begin(!dice_.once_in(8));
}

void RandomDriver::disturb_client() {
  if (clients_.empty()) return;
  RandomClient& client = any_of(clients_, dice_);
  if (dice_.once_in(8)) {
    client.pipe.disappear();
  } else if (client.pipe.reading()) {
    client.pipe.stop_reading();
  } else {
    client.pipe.read_again();
  }
}

void RandomDriver::disturb_worker() {
  if (workers_.empty()) return;
  RandomWorker& worker = any_of(workers_, dice_);
  switch (dice_.below(8)) {
    case 0:
      worker.write_garbage();
      break;
    case 1:
      end_process(worker);
      break;
    case 2:
      worker.pipe.disappear();
      break;
    case 3:
      worker.go_away();
      break;
    default:
      if (worker.pipe.reading()) {
        worker.pipe.stop_reading();
      } else {
        worker.pipe.read_again();
      }
  }
}

void RandomDriver::disturb_pool() {
  const std::string pool = dice_.once_in(2) ? "p" : "q";
  switch (dice_.below(6)) {
    case 0:
      (void)world_.ask({.command = OperatorCommand::drain, .pool = pool});
      break;
    case 1:
    case 2:
      (void)world_.ask({.command = OperatorCommand::resume, .pool = pool});
      break;
    case 3:
      (void)world_.ask({.command = OperatorCommand::close_breaker, .pool = pool});
      break;
    case 4:
      if (!workers_.empty()) {
        (void)world_.ask({.command = OperatorCommand::kill, .worker = any_of(workers_, dice_).process.id});
      }
      break;
    default:
      world_.handle(PoolOutdated{pool == "p" ? 0u : 1u, RecycleReason::files_changed});
  }
}

void RandomDriver::end_process(RandomWorker& worker) {
  if (std::exchange(worker.exited, true)) return;
  world_.exit(worker.process, static_cast<std::uint32_t>(dice_.below(3)));
  if (dice_.once_in(2)) worker.pipe.disappear();
}

/// Processes that were terminated or told to stop end, and connections that the broker closed go.
void RandomDriver::settle_the_ended() {
  for (RandomWorker& worker : workers_) {
    if (world_.was_terminated(worker.process) || worker.was_told_to_stop() || worker.has_left()) end_process(worker);
    if (worker.exited && dice_.once_in(2)) worker.pipe.disappear();
  }
  world_.finish_closing();
}

void RandomDriver::consume() {
  for (RandomClient& client : clients_) client.consume();
  for (RandomWorker& worker : workers_) worker.consume();
}

void RandomDriver::check_bounds() {
  const Snapshot snapshot = world_.snapshot();
  for (const PoolSnapshot& pool : snapshot.pools) {
    // Calls given back by a worker that took nothing of them may stand before a full queue.
    if (pool.calls_waiting > queue_limit + pool.max_workers * concurrency)
      violations_.push_back("the queue is too long");
    if (pool.workers.size() > pool.max_workers + max_surge) violations_.push_back("more workers than the maximum");
    for (const WorkerSnapshot& worker : pool.workers) {
      if (worker.calls_in_progress > concurrency) violations_.push_back("more calls than the concurrency");
    }
  }
  const std::uint64_t outcomes =
      std::accumulate(snapshot.calls_by_status.begin(), snapshot.calls_by_status.end(), std::uint64_t{0});
  if (snapshot.calls_accepted != outcomes + snapshot.calls_in_progress)
    violations_.push_back("a call is lost or doubled");
}

/// Everybody reads, workers answer, all deadlines pass: each call of a client that is still there must have its END.
void RandomDriver::finish_calls() {
  for (RandomClient& client : clients_) client.pipe.read_again();
  for (int round = 0; round < 20; ++round) {
    while (!world_.start_requests.empty()) world_.fail_start("nothing more");
    for (RandomClient& client : clients_) client.deliver(true);
    for (RandomWorker& worker : workers_) {
      worker.pipe.read_again();
      worker.finish_calls();
      worker.deliver(true);
    }
    settle_the_ended();
    consume();
    world_.advance(500ms);
  }
  for (const RandomClient& client : clients_) {
    if (client.gone()) continue;
    for (const std::uint64_t stream : client.open_streams()) {
      violations_.push_back("stream " + std::to_string(stream) + " has no END");
    }
  }
}

void RandomDriver::stop() {
  world_.stop(1s);
  for (int round = 0; round < 10; ++round) {
    while (!world_.start_requests.empty()) world_.fail_start("stopping");
    consume();
    settle_the_ended();
    world_.advance(1s);
  }
}

void RandomDriver::check_emptiness() {
  const Snapshot snapshot = world_.snapshot();
  if (world_.stopped != 1) violations_.push_back("Stopped was given " + std::to_string(world_.stopped) + " times");
  if (snapshot.calls_in_progress != 0) violations_.push_back("calls are left");
  if (snapshot.buffered_bytes != 0) violations_.push_back("bytes are left");
  if (snapshot.sessions + snapshot.half_open_connections != 0) violations_.push_back("sessions are left");
  for (const PoolSnapshot& pool : snapshot.pools) {
    if (!pool.workers.empty()) violations_.push_back("workers are left");
  }
  if (world_.engine.next_timer() != far_future) violations_.push_back("a timer is left");
}

}  // namespace plugbroker::engine::testing
