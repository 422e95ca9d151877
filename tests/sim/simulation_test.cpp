// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/simulation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace plugbroker::sim {
namespace {

constexpr std::uint64_t seeds = 100;

TEST(Simulation, FindsEveryCallEndedOnceInTimeAndNothingLeftBehindForAnySeed) {
  std::map<StatusCode, int> outcomes;
  std::uint64_t workers_failed = 0;
  std::uint64_t calls_repeated = 0;
  std::uint64_t recycles = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const Simulation::Report report = Simulation(seed, {}).run();
    EXPECT_EQ(report.violations, std::vector<std::string>{}) << "seed " << seed;
    for (const auto& [status, count] : report.outcomes) outcomes[status] += count;
    workers_failed += report.workers_failed;
    calls_repeated += report.calls_repeated;
    recycles += report.recycles;
  }

  // The runs are worth something only if they get everywhere.
  for (const StatusCode status :
       {StatusCode::ok, StatusCode::cancelled, StatusCode::deadline_exceeded, StatusCode::not_found,
        StatusCode::resource_exhausted, StatusCode::unavailable, StatusCode::internal}) {
    EXPECT_GT(outcomes[status], 20) << to_string(status);
  }
  EXPECT_GT(workers_failed, seeds);
  EXPECT_GT(calls_repeated, 20u);
  EXPECT_GT(recycles, 20u);
}

TEST(Simulation, DoesTheSameForTheSameSeed) {
  const Simulation::Report once = Simulation(7, {}).run();
  const Simulation::Report again = Simulation(7, {}).run();

  EXPECT_EQ(once.outcomes, again.outcomes);
  EXPECT_EQ(once.events, again.events);
  EXPECT_EQ(once.workers_started, again.workers_started);
}

TEST(Simulation, GoesOnUntilThereWereAsManyEventsAsAskedFor) {
  EXPECT_GE(Simulation(3, {.events = 500}).run().events, 500u);
  EXPECT_GE(Simulation(3, {.events = 5'000}).run().events, 5'000u);
}

/// A fault that the run makes up, and the words of the check that has to find it.
struct Twin {
  Sabotage sabotage;
  std::string_view found;
};

class SimulationCheck : public ::testing::TestWithParam<Twin> {};

TEST_P(SimulationCheck, FindsTheFaultThatWasPutInForIt) {
  std::vector<std::string> found;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    const Simulation::Report report = Simulation(seed, {.sabotage = GetParam().sabotage}).run();
    found.insert(found.end(), report.violations.begin(), report.violations.end());
  }

  const auto says_so = [](const std::string& text) { return text.find(GetParam().found) != std::string::npos; };
  EXPECT_GT(std::ranges::count_if(found, says_so), 0) << ::testing::PrintToString(found);
}

INSTANTIATE_TEST_SUITE_P(
    OfEach, SimulationCheck,
    ::testing::Values(Twin{Sabotage::lose_end, "has no outcome at its deadline"},
                      Twin{Sabotage::double_end, "a second END"},
                      Twin{Sabotage::delay_end, "has no outcome at its deadline"},
                      Twin{Sabotage::lose_message, "a message of the reply is lost or doubled"},
                      Twin{Sabotage::double_request, "reached a second worker"},
                      Twin{Sabotage::double_start, "more processes live than max_workers and max_surge"},
                      Twin{Sabotage::lengthen_queue, "the queue is too long"},
                      Twin{Sabotage::free_slot_early, "a slot is free before the worker ended its call"},
                      Twin{Sabotage::free_slot_early, "a call waits although a worker has a free slot"},
                      Twin{Sabotage::keep_slot, "a worker holds more calls than the concurrency"},
                      Twin{Sabotage::ask_drainer, "a call reached a worker that was draining"},
                      Twin{Sabotage::forget_call, "a call is lost or doubled"},
                      Twin{Sabotage::hoard_bytes, "more bytes are held than the windows allow"},
                      Twin{Sabotage::keep_credit, "credit was not given back"},
                      Twin{Sabotage::shorten_start, "longer than its start_timeout"},
                      Twin{Sabotage::shorten_grace, "within its cancel_grace"},
                      Twin{Sabotage::shorten_stop, "its stop_timeout has passed"},
                      Twin{Sabotage::tighten_bounds, "than max_concurrent_starts"},
                      Twin{Sabotage::tighten_bounds, "more sessions than max_sessions"},
                      Twin{Sabotage::tighten_sessions, "more sessions than his quota"},
                      Twin{Sabotage::tighten_calls, "more calls than his quota"},
                      Twin{Sabotage::tighten_memory, "holds more memory than his quota"},
                      Twin{Sabotage::tighten_all_memory, "hold more memory than max_queued_bytes"},
                      Twin{Sabotage::loosen_quotas, "a call was refused by the quota"},
                      Twin{Sabotage::loosen_quotas, "a session was refused by the quota"},
                      Twin{Sabotage::leave_session, "sessions are left"}));

}  // namespace
}  // namespace plugbroker::sim
