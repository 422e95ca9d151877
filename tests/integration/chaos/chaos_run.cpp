// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/chaos/chaos_run.h"

#include <cstdlib>
#include <memory>
#include <random>
#include <utility>

#include "tests/integration/chaos/chaos_report.h"
#include "tests/integration/chaos/chaos_service.h"
#include "tests/integration/chaos/fault_injector.h"
#include "tests/integration/harness/broker_census.h"
#include "tests/integration/harness/eventually.h"
#include "tests/integration/harness/host_environment.h"
#include "tests/integration/harness/mixed_records.h"
#include "tests/integration/harness/process_counts.h"
#include "tests/integration/harness/text_encoding.h"

namespace plugbroker::chaos {
namespace {

using harness::ChildProcess;

constexpr unsigned callers = 4;
constexpr unsigned sessions_of_each = 25;
/// Between two calls of a session, on average: enough calls to be in every fault's way, not so many that two processors
/// do nothing else.
constexpr unsigned pause_ms = 200;
constexpr unsigned seconds_of_warming_up = 5;
constexpr unsigned seconds_of_further_rounds = 15;

/// The processes that make the calls of one round.
class Callers {
 public:
  Callers(const ChaosService& service, const std::string& round, unsigned seconds, std::uint32_t seed)
      : seconds_(seconds) {
    for (unsigned i = 0; i < callers; ++i) {
      const std::string name = round + "c" + std::to_string(i);
      const std::filesystem::path file = service.records() / ("client-" + name + ".txt");
      processes_.push_back(std::make_unique<ChildProcess>(ChildProcess::Options{
          .program = harness::test_program("plugbroker_mixed_caller.exe"),
          .arguments = {service.installed().pipe(), harness::narrow(file.wstring()), name,
                        std::to_string(sessions_of_each), std::to_string(seconds), std::to_string(seed % 1'000'000 + i),
                        route_prefixes(), std::to_string(pause_ms)},
          .output = service.records() / ("output-" + name + ".txt"),
          .environment = harness::host_environment()}));
    }
  }

  void wait() {
    for (const auto& process : processes_) {
      // A call lasts 5 minutes at most: see mixed_session.cpp.
      const std::uint32_t exit_code = process->wait(std::chrono::seconds{seconds_} + 8 * harness::hang_guard);
      if (exit_code != 0) {
        throw harness::HarnessError("mixed_caller ended with " + std::to_string(exit_code) + ": " + process->output());
      }
    }
  }

 private:
  unsigned seconds_;
  std::vector<std::unique_ptr<ChildProcess>> processes_;
};

BrokerSize size_of(const ChaosService& service) {
  const harness::BrokerCensus census = harness::census_at_rest(service.installed());
  const std::uint32_t process = service.installed().process_id();
  return {.handles = census.handles,
          .threads = harness::thread_count(process),
          .private_bytes = harness::private_bytes(process),
          .workers = census.processes};
}

/// What leaks_of does not count.
void add_growth(std::vector<std::string>& found, const BrokerSize& before, const BrokerSize& after) {
  if (after.threads > before.threads) {
    found.push_back("threads: " + std::to_string(before.threads) + " before, " + std::to_string(after.threads) +
                    " after");
  }
  if (after.private_bytes > before.private_bytes + memory_growth_forgiven) {
    found.push_back("private bytes: " + std::to_string(before.private_bytes) + " before, " +
                    std::to_string(after.private_bytes) + " after");
  }
}

void add_workers(ChaosFigures& figures, const ChaosService& service) {
  const boost::json::object status = service.installed().status();
  for (const boost::json::value& pool : status.at("pools").as_array()) {
    figures.workers_started += pool.at("workers_started").to_number<std::uint64_t>();
    figures.workers_failed += pool.at("workers_failed").to_number<std::uint64_t>();
    for (const auto& [reason, count] : pool.at("recycles").as_object()) {
      figures.recycles[std::string(reason)] += count.to_number<std::uint64_t>();
    }
  }
  figures.evidence_cases = service.evidence_cases();
}

std::uint32_t number_in(const char* text) {
  return static_cast<std::uint32_t>(std::stoul(text));
}

}  // namespace

ChaosSettings settings_from_environment() {
  ChaosSettings settings;
  const char* const seconds = std::getenv("PLUGBROKER_CHAOS_SECONDS");
  const char* const seed = std::getenv("PLUGBROKER_CHAOS_SEED");
  if (seconds != nullptr) settings.seconds = number_in(seconds);
  settings.seed = seed != nullptr ? number_in(seed) : std::random_device{}();
  return settings;
}

ChaosResult run_chaos(const ChaosSettings& settings) {
  const harness::TestFolder records;
  ChaosService service(records.path());
  FaultInjector faults(service, settings.seed);
  unsigned rounds = 0;
  const auto run_round = [&](unsigned seconds, void (*inject)(FaultInjector&, unsigned)) {
    Callers all(service, "r" + std::to_string(rounds++), seconds, settings.seed);
    inject(faults, seconds);
    all.wait();
    service.come_to_rest();
  };
  run_round(seconds_of_warming_up, [](FaultInjector& injector, unsigned) { injector.run_each(); });

  ChaosFigures figures{.seconds = settings.seconds,
                       .seed = settings.seed,
                       .sessions = callers * sessions_of_each,
                       .before = size_of(service)};
  ChaosResult result;
  result.left_behind = harness::leaks_of(service.installed(), [&] {
    run_round(rounds == 1 ? settings.seconds : seconds_of_further_rounds,
              [](FaultInjector& injector, unsigned seconds) { injector.run_for(seconds); });
  });
  figures.after = size_of(service);
  add_growth(result.left_behind, figures.before, figures.after);
  add_workers(figures, service);

  const std::uint32_t process = service.installed().process_id();
  service.installed().stop();
  result.processes_left = harness::children_of(process).size();
  const harness::MixedRecords written = harness::read_mixed_records(records.path());
  result.calls = written.calls.size();
  result.contradictions = harness::contradictions(written, harness::Surroundings::faults);
  result.refusals = faults.refusals();
  figures.faults = faults.injected();
  figures.contradictions = result.contradictions.size();
  figures.processes_left = result.processes_left;
  result.report = report_text(figures, written);
  return result;
}

}  // namespace plugbroker::chaos
