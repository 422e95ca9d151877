// SPDX-License-Identifier: Apache-2.0
// pipe_bench: PlugBroker beside its floors and its rivals, in one run, in turn, so that the machine's moods meet all of
// them. Only the proportions say anything; each goal is one. Fails when a goal is missed.
#include <boost/program_options.hpp>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <iostream>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/pipe/floor_contender.h"
#include "bench/pipe/plugbroker_contender.h"
#include "bench/pipe/rival_contender.h"

namespace plugbroker::bench {
namespace {

namespace po = boost::program_options;

constexpr std::size_t small = 64;
constexpr std::size_t large = 65536;
constexpr unsigned in_flight = 64;

constexpr const char* product = "PlugBroker";
constexpr const char* blocking_relay = "blocking relay";
constexpr const char* iocp_relay = "IOCP relay";
constexpr const char* grpc = "gRPC";
constexpr const char* json_rpc = "StreamJsonRpc";

struct Entry {
  const char* name;
  std::unique_ptr<Contender> contender;
  std::map<std::size_t, LatencyFigures> latency;  ///< By size.
  std::vector<double> rates;                      ///< Calls per second with 64 in flight, a figure each round.

  [[nodiscard]] double p50(std::size_t size) const { return static_cast<double>(latency.at(size).percentile(50)); }
  [[nodiscard]] double rate() const {
    std::vector<double> sorted = rates;
    std::ranges::sort(sorted);
    return sorted.empty() ? 0 : sorted[sorted.size() / 2];
  }
};

class Race {
 public:
  explicit Race(const po::variables_map& options) : options_(options) {
    enter<PlugBrokerContender>(product, path("pipe"), path("service"));
    enter<FloorContender>(blocking_relay, path("blocking-relay"), path("echo-worker"), "PlugBroker.bench.blocking");
    enter<FloorContender>(iocp_relay, path("iocp-relay"), path("echo-worker"), "PlugBroker.bench.iocp");
    if (options_.count("grpc") != 0) enter<RivalContender>(grpc, path("grpc"), "PlugBroker.bench.grpc");
    if (options_.count("stream-json-rpc") != 0) {
      enter<RivalContender>(json_rpc, path("stream-json-rpc"), "PlugBroker.bench.rpc");
    }
  }

  void run() {
    const auto rounds = options_["rounds"].as<unsigned>();
    const auto calls = options_["calls"].as<unsigned>();
    for (unsigned round = 0; round < rounds; ++round) {
      for (const std::size_t size : {small, large}) {
        for (Entry& entry : entries_) entry.contender->measure_latency(size, calls, entry.latency[size]);
      }
      for (Entry& entry : entries_) {
        // It takes one call at a time.
        if (entry.name == blocking_relay) continue;
        entry.rates.push_back(
            entry.contender->calls_per_second(small, in_flight, options_["milliseconds"].as<unsigned>()));
      }
    }
  }

  void report() const {
    std::printf("  %-16s %12s %12s %12s %12s %18s\n", "", "64 B p50", "64 B p99", "64 KiB p50", "64 KiB p99",
                "64 in flight");
    for (const Entry& entry : entries_) {
      std::printf("  %-16s %9s us %9s us %9s us %9s us", entry.name, figure(entry, small, 50).c_str(),
                  figure(entry, small, 99).c_str(), figure(entry, large, 50).c_str(), figure(entry, large, 99).c_str());
      if (!entry.rates.empty()) std::printf(" %11s call/s", grouped(static_cast<std::int64_t>(entry.rate())).c_str());
      std::printf("\n");
    }
  }

  /// Prints each goal; false when one is missed.
  [[nodiscard]] bool check() const {
    const Entry& ours = *find(product);
    const Entry& floor = *find(blocking_relay);
    bool all = at_most("64 B, one at a time, to the blocking relay", ours.p50(small) / floor.p50(small), 1.3);
    all &= at_most("64 KiB, one at a time, to the blocking relay", ours.p50(large) / floor.p50(large), 1.3);
    all &= at_least("64 in flight, to the IOCP relay", ours.rate() / find(iocp_relay)->rate(), 0.5);
    if (const Entry* rival = find(grpc)) all &= at_least("64 in flight, to gRPC", ours.rate() / rival->rate(), 5.0);
    if (const Entry* rival = find(json_rpc)) {
      all &= at_least("64 in flight, to StreamJsonRpc", ours.rate() / rival->rate(), 2.5);
    }
    return all;
  }

 private:
  template <typename Kind, typename... Arguments>
  void enter(const char* name, const Arguments&... arguments) {
    entries_.push_back({name, std::make_unique<Kind>(arguments...), {}, {}});
  }

  [[nodiscard]] std::string path(const char* option) const { return options_[option].as<std::string>(); }

  [[nodiscard]] const Entry* find(const char* name) const {
    const auto found = std::ranges::find(entries_, name, &Entry::name);
    return found == entries_.end() ? nullptr : &*found;
  }

  static std::string figure(const Entry& entry, std::size_t size, unsigned percent) {
    return grouped(entry.latency.at(size).percentile(percent));
  }

  static bool at_most(const char* what, double ratio, double goal) {
    const bool good = ratio <= goal;
    std::printf("  %-46s %5.2f   (goal: at most %.1f)%s\n", what, ratio, goal, good ? "" : "   MISSED");
    return good;
  }
  static bool at_least(const char* what, double ratio, double goal) {
    const bool good = ratio >= goal;
    std::printf("  %-46s %5.2f   (goal: at least %.1f)%s\n", what, ratio, goal, good ? "" : "   MISSED");
    return good;
  }

  const po::variables_map& options_;
  std::vector<Entry> entries_;
};

}  // namespace
}  // namespace plugbroker::bench

int main(int count, char** values) {
  namespace po = boost::program_options;
  po::options_description known("pipe_bench");
  known.add_options()("help", "print this")("pipe", po::value<std::string>()->default_value(R"(\\.\pipe\PlugBroker)"),
                                            "the service's pipe")(
      "service", po::value<std::string>()->default_value("PlugBroker"), "the service's name; it must run")(
      "blocking-relay", po::value<std::string>()->required(), "bench/floor's program")(
      "iocp-relay", po::value<std::string>()->required(), "bench/floor's program")(
      "echo-worker", po::value<std::string>()->required(), "bench/floor's program")(
      "grpc", po::value<std::string>(), "bench/rivals' program; left out unless told")(
      "stream-json-rpc", po::value<std::string>(), "bench/rivals' program; left out unless told")(
      "rounds", po::value<unsigned>()->default_value(5), "how often each has its turn")(
      "calls", po::value<unsigned>()->default_value(300), "calls of each size in a turn")(
      "milliseconds", po::value<unsigned>()->default_value(1500), "of a turn with 64 calls in flight");
  try {
    po::variables_map options;
    po::store(po::parse_command_line(count, values, known), options);
    if (options.count("help") != 0) {
      std::cout << known;
      return 0;
    }
    po::notify(options);
    plugbroker::bench::Race race(options);
    race.run();
    race.report();
    return race.check() ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "pipe_bench: %s\n", error.what());
    return 2;
  }
}
