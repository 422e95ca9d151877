// SPDX-License-Identifier: Apache-2.0
// recycle: what calls cost while their worker is replaced beside them, and in the same run what they cost while the
// same program is started, and ends, beside the service that has nothing to do with it. Sessions call all the time; the
// two kinds of disturbance take turns, with calm in between. Fails when the p99 of the calls that began during a
// recycle is more than 1.3 times that of the control.
#include <boost/program_options.hpp>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <exception>
#include <iostream>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "bench/latency_figures.h"
#include "bench/service/bare_worker.h"
#include "bench/service/service_client.h"

namespace plugbroker::bench {
namespace {

constexpr double goal = 1.3;
constexpr DWORD pause_ms = 1;  ///< Of a session, between two calls.
constexpr DWORD look_ms = 20;
constexpr DWORD calm_ms = 1'000;
constexpr ULONGLONG longest_recycle_ms = 60'000;
constexpr std::size_t request_bytes = 64;

/// What goes on while a call begins.
enum class Phase : int { nothing, calm, recycle, control };
constexpr std::size_t phases = 4;

/// Sessions that call until the end; each call counts for the phase in which it began.
class Load {
 public:
  Load(const std::string& pipe, unsigned sessions) {
    for (unsigned i = 0; i < sessions; ++i) {
      clients_.push_back(std::make_unique<ServiceClient>(pipe));
      threads_.emplace_back([this, &client = *clients_.back()] { run(client); });
    }
  }
  ~Load() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
  }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  void enter(Phase phase) { phase_ = phase; }
  [[nodiscard]] LatencyFigures figures(Phase phase) {
    const std::lock_guard lock(mutex_);
    return figures_[static_cast<std::size_t>(phase)];
  }
  /// Empty: none failed.
  [[nodiscard]] std::string failure() {
    const std::lock_guard lock(mutex_);
    return failure_;
  }

 private:
  void run(const ServiceClient& client) {
    const std::string request(request_bytes, 'x');
    try {
      while (!stop_) {
        const Phase phase = phase_;
        const std::int64_t took = timed([&] { (void)client.call("echo", request); });
        {
          const std::lock_guard lock(mutex_);
          figures_[static_cast<std::size_t>(phase)].add(took);
        }
        Sleep(pause_ms);
      }
    } catch (const std::exception& error) {
      const std::lock_guard lock(mutex_);
      failure_ = error.what();
    }
  }

  std::vector<std::unique_ptr<ServiceClient>> clients_;
  std::mutex mutex_;
  std::vector<LatencyFigures> figures_ = std::vector<LatencyFigures>(phases);
  std::string failure_;
  std::atomic<Phase> phase_{Phase::nothing};
  std::atomic<bool> stop_{false};
  std::vector<std::thread> threads_;
};

/// The number of the only worker, when it serves; 0 otherwise.
std::uint64_t only_worker(const PoolOfDocuments& pool) {
  const auto workers = pool.workers();
  return workers.size() == 1 && workers[0].serves ? workers[0].number : 0;
}

std::uint64_t wait_for_another_worker(const PoolOfDocuments& pool, std::uint64_t old) {
  const ULONGLONG give_up = GetTickCount64() + longest_recycle_ms;
  while (GetTickCount64() < give_up) {
    const std::uint64_t now = only_worker(pool);
    if (now != 0 && now != old) return now;
    Sleep(look_ms);
  }
  throw std::runtime_error("the worker is not replaced");
}

/// Has the worker replaced; returns how long that took, until the old one was gone.
ULONGLONG recycle(const PoolOfDocuments& pool) {
  const std::uint64_t old = only_worker(pool);
  const ULONGLONG begin = GetTickCount64();
  pool.recycle();
  (void)wait_for_another_worker(pool, old);
  return GetTickCount64() - begin;
}

/// Starts the same program and ends it before as much time has passed, looking at the pool as often.
void start_beside(const PoolOfDocuments& pool, const std::string& program, ULONGLONG for_ms) {
  const ULONGLONG end = GetTickCount64() + for_ms;
  std::optional<BareWorker> worker(std::in_place, program);
  while (GetTickCount64() + look_ms < end) {
    (void)only_worker(pool);
    if (GetTickCount64() + for_ms / 4 > end) worker.reset();
    Sleep(look_ms);
  }
}

bool measure(Load& load, const PoolOfDocuments& pool, const std::string& program, unsigned rounds) {
  (void)wait_for_another_worker(pool, 0);
  (void)recycle(pool);  // It warms the file cache.
  ULONGLONG longest = 0;
  for (unsigned round = 0; round < rounds; ++round) {
    load.enter(Phase::calm);
    Sleep(calm_ms);
    load.enter(Phase::recycle);
    const ULONGLONG took = recycle(pool);
    longest = std::max(longest, took);
    load.enter(Phase::nothing);
    Sleep(calm_ms);
    load.enter(Phase::control);
    start_beside(pool, program, took);
    load.enter(Phase::nothing);
  }
  if (!load.failure().empty()) throw std::runtime_error("a call failed: " + load.failure());
  const LatencyFigures during = load.figures(Phase::recycle);
  const LatencyFigures beside = load.figures(Phase::control);
  print("calm", load.figures(Phase::calm));
  print("the worker is replaced", during);
  print("the same program starts beside", beside);
  const double ratio = static_cast<double>(during.percentile(99)) / static_cast<double>(beside.percentile(99));
  std::printf("  %-34s %.2f   (goal at most %.1f; the longest recycle took %llu ms)%s\n", "p99 to p99", ratio, goal,
              static_cast<unsigned long long>(longest), ratio <= goal ? "" : "   MISSED");
  return ratio <= goal;
}

}  // namespace
}  // namespace plugbroker::bench

int main(int count, char** values) {
  namespace po = boost::program_options;
  po::options_description known("recycle");
  known.add_options()("help", "print this")("pipe", po::value<std::string>()->default_value(R"(\\.\pipe\PlugBroker)"),
                                            "the service's pipe")(
      "admin-pipe", po::value<std::string>()->default_value(R"(\\.\pipe\PlugBroker.Admin)"),
      "the service's admin pipe")("worker", po::value<std::string>()->required(), "the program of the pool's worker")(
      "sessions", po::value<unsigned>()->default_value(8), "sessions that call all the time")(
      "rounds", po::value<unsigned>()->default_value(10), "recycles");
  try {
    po::variables_map options;
    po::store(po::parse_command_line(count, values, known), options);
    if (options.count("help") != 0) {
      std::cout << known;
      return 0;
    }
    po::notify(options);
    const plugbroker::bench::PoolOfDocuments pool(options["admin-pipe"].as<std::string>());
    plugbroker::bench::Load load(options["pipe"].as<std::string>(), options["sessions"].as<unsigned>());
    const bool good =
        plugbroker::bench::measure(load, pool, options["worker"].as<std::string>(), options["rounds"].as<unsigned>());
    return good ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "recycle: %s\n", error.what());
    return 2;
  }
}
