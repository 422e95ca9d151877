// SPDX-License-Identifier: Apache-2.0
// cold_start: what a call to a pool without a worker waits for, beside a bare start of the same worker. They take
// turns: one call that has the service start the worker, then one start of the same program by this process, up to its
// READY. Fails when the median of the calls is more than 1.3 times that of the starts.
#include <boost/program_options.hpp>

#include <cstdio>
#include <exception>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>

#include "bench/latency_figures.h"
#include "bench/service/bare_worker.h"
#include "bench/service/service_client.h"

namespace plugbroker::bench {
namespace {

constexpr double goal = 1.3;
constexpr DWORD look_ms = 5;
constexpr int most_looks = 4'000;

/// Until the pool has no worker process.
void wait_for_emptiness(const PoolOfDocuments& pool) {
  for (int look = 0; look < most_looks; ++look) {
    if (pool.workers().empty()) return;
    Sleep(look_ms);
  }
  throw std::runtime_error("the pool's worker does not end");
}

void end_worker(const PoolOfDocuments& pool) {
  for (const PoolOfDocuments::Worker& worker : pool.workers()) pool.kill(worker.number);
  wait_for_emptiness(pool);
}

bool measure(const ServiceClient& client, const PoolOfDocuments& pool, const std::string& program, unsigned rounds) {
  LatencyFigures cold;
  LatencyFigures bare;
  for (unsigned round = 0; round <= rounds; ++round) {
    end_worker(pool);
    const std::int64_t waited = timed([&] { (void)client.call("echo", "x"); });
    end_worker(pool);
    std::optional<BareWorker> worker;
    const std::int64_t started = timed([&] { worker.emplace(program); });
    worker.reset();            // Its exit is not measured.
    if (round == 0) continue;  // It warms the file cache.
    cold.add(waited);
    bare.add(started);
  }
  print("first call of a pool without worker", cold);
  print("bare start of the worker, to READY", bare);
  const double ratio = static_cast<double>(cold.percentile(50)) / static_cast<double>(bare.percentile(50));
  std::printf("  %-34s %.2f   (goal at most %.1f)%s\n", "p50 to p50", ratio, goal, ratio <= goal ? "" : "   MISSED");
  return ratio <= goal;
}

}  // namespace
}  // namespace plugbroker::bench

int main(int count, char** values) {
  namespace po = boost::program_options;
  po::options_description known("cold_start");
  known.add_options()("help", "print this")("pipe", po::value<std::string>()->default_value(R"(\\.\pipe\PlugBroker)"),
                                            "the service's pipe")(
      "admin-pipe", po::value<std::string>()->default_value(R"(\\.\pipe\PlugBroker.Admin)"),
      "the service's admin pipe")("worker", po::value<std::string>()->required(), "the program of the pool's worker")(
      "rounds", po::value<unsigned>()->default_value(20), "starts of each kind");
  try {
    po::variables_map options;
    po::store(po::parse_command_line(count, values, known), options);
    if (options.count("help") != 0) {
      std::cout << known;
      return 0;
    }
    po::notify(options);
    const plugbroker::bench::ServiceClient client(options["pipe"].as<std::string>());
    const plugbroker::bench::PoolOfDocuments pool(options["admin-pipe"].as<std::string>());
    return plugbroker::bench::measure(client, pool, options["worker"].as<std::string>(),
                                      options["rounds"].as<unsigned>())
               ? 0
               : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cold_start: %s\n", error.what());
    return 2;
  }
}
