// SPDX-License-Identifier: Apache-2.0
// plugbroker_sim [--seeds FROM..TO | --seed N] [--events N]
//
// Runs the simulation for each seed until one finds a violation, and prints that seed with the command that plays it
// again. --seed plays one with a trace of its events and of the engine's log. --events says how many events a run has
// at least before it finishes.

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "tests/sim/simulation.h"

namespace plugbroker::sim {
namespace {

struct Arguments {
  std::uint64_t from = 1;
  std::uint64_t to = 2'000;
  Simulation::Options options;
};

unsigned long long seed_at_hand = 0;

/// An invariant inside of the engine stops the process: which seed it was has to be said all the same.
extern "C" void say_seed_and_end(int) {
  std::fprintf(stderr, "seed %llu: the engine stopped the process; again with: plugbroker_sim --seed %llu\n",
               seed_at_hand, seed_at_hand);
  std::_Exit(1);
}

bool read_number(std::string_view text, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

bool read_range(std::string_view text, Arguments& arguments) {
  const std::size_t dots = text.find("..");
  return dots != std::string_view::npos && read_number(text.substr(0, dots), arguments.from) &&
         read_number(text.substr(dots + 2), arguments.to);
}

bool read(int count, char** texts, Arguments& arguments) {
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view name = texts[i];
    const std::string_view value = texts[i + 1];
    bool is_right = false;
    if (name == "--seeds") is_right = read_range(value, arguments);
    if (name == "--events") is_right = read_number(value, arguments.options.events) && arguments.options.events > 0;
    if (name == "--seed") {
      is_right = read_number(value, arguments.from);
      arguments.to = arguments.from;
      arguments.options.trace = true;
    }
    if (!is_right) return false;
  }
  return count % 2 == 1;
}

/// What EngineWorld itself expects of the engine, such as one CloseConnection for each connection.
bool world_is_content() {
  return !::testing::UnitTest::GetInstance()->ad_hoc_test_result().Failed();
}

int run(const Arguments& arguments) {
  std::uint64_t events = 0;
  Simulation::Report sum;
  for (std::uint64_t seed = arguments.from; seed <= arguments.to; ++seed) {
    seed_at_hand = seed;
    const Simulation::Report report = Simulation(seed, arguments.options).run();
    events += report.events;
    for (const auto& [status, count] : report.outcomes) sum.outcomes[status] += count;
    sum.workers_started += report.workers_started;
    sum.workers_failed += report.workers_failed;
    sum.calls_given += report.calls_given;
    sum.calls_repeated += report.calls_repeated;
    sum.recycles += report.recycles;
    if (report.violations.empty() && world_is_content()) continue;
    std::fflush(stdout);
    for (const std::string& violation : report.violations)
      std::fprintf(stderr, "seed %llu: %s\n", seed_at_hand, violation.c_str());
    std::fprintf(stderr, "seed %llu: FAILED; again with: plugbroker_sim --seed %llu --events %llu\n", seed_at_hand,
                 seed_at_hand, static_cast<unsigned long long>(arguments.options.events));
    return 1;
  }
  std::printf("%llu seeds, %llu events, nothing broken\n",
              static_cast<unsigned long long>(arguments.to - arguments.from + 1),
              static_cast<unsigned long long>(events));
  std::printf("workers started %llu, failed %llu; calls that reached a worker %llu, repeated %llu; recycles %llu\n",
              static_cast<unsigned long long>(sum.workers_started), static_cast<unsigned long long>(sum.workers_failed),
              static_cast<unsigned long long>(sum.calls_given), static_cast<unsigned long long>(sum.calls_repeated),
              static_cast<unsigned long long>(sum.recycles));
  for (const auto& [status, count] : sum.outcomes)
    std::printf("  %-20.*s %d\n", static_cast<int>(to_string(status).size()), to_string(status).data(), count);
  return 0;
}

}  // namespace
}  // namespace plugbroker::sim

int main(int count, char** texts) {
  plugbroker::sim::Arguments arguments;
  if (!plugbroker::sim::read(count, texts, arguments)) {
    std::fputs("usage: plugbroker_sim [--seeds FROM..TO | --seed N] [--events N]\n", stderr);
    return 2;
  }
  for (const int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGILL}) std::signal(signal, plugbroker::sim::say_seed_and_end);
  return plugbroker::sim::run(arguments);
}
