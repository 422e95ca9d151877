// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/harness/mixed_load.h"

#include <chrono>
#include <memory>

#include "tests/integration/harness/broker_census.h"
#include "tests/integration/harness/child_process.h"
#include "tests/integration/harness/host_environment.h"
#include "tests/integration/harness/mixed_records.h"
#include "tests/integration/harness/test_folder.h"
#include "tests/integration/harness/text_encoding.h"

namespace plugbroker::harness {
namespace {

InstalledService::Options options(const TestFolder& records) {
  PoolText pool = misbehaving_pool("mixed", {"unary", "slow", "stream", "push"},
                                   {{"min_workers", 2}, {"max_workers", 2}, {"concurrency", 128}});
  pool.environment["WORKER_LEDGER"] = narrow(records.path().wstring());
  return {.pools = {pool}};
}

void call(const InstalledService& service, const TestFolder& records, const MixedLoad& load, const std::string& name) {
  std::vector<std::unique_ptr<ChildProcess>> callers;
  for (unsigned i = 0; i < load.processes; ++i) {
    const std::string caller = name + std::to_string(i);
    const std::filesystem::path file = records.path() / ("client-" + caller + ".txt");
    callers.push_back(std::make_unique<ChildProcess>(ChildProcess::Options{
        .program = test_program("plugbroker_mixed_caller.exe"),
        .arguments = {service.pipe(), narrow(file.wstring()), caller, std::to_string(load.sessions_of_each),
                      std::to_string(load.seconds), std::to_string(i + 1)},
        .output = records.path() / ("output-" + caller + ".txt"),
        .environment = host_environment()}));
  }
  for (const auto& caller : callers) {
    const std::uint32_t exit_code = caller->wait(std::chrono::seconds{load.seconds} + 4 * hang_guard);
    if (exit_code != 0)
      throw HarnessError("mixed_caller ended with " + std::to_string(exit_code) + ": " + caller->output());
  }
}

}  // namespace

MixedLoadResult run_mixed_load(const MixedLoad& load) {
  const TestFolder records;
  InstalledService service(options(records));
  service.start();
  // Handles that come once for all: the census is of a service that has had work.
  call(service, records, {.processes = 1, .sessions_of_each = 10, .seconds = 1}, "warm");
  const BrokerCensus before = census_at_rest(service);

  call(service, records, load, "load");

  MixedLoadResult result;
  result.left_behind = lasting_leaks(before, service);
  service.stop();
  const MixedRecords written = read_mixed_records(records.path());
  result.calls = written.calls.size();
  result.contradictions = contradictions(written);
  return result;
}

}  // namespace plugbroker::harness
