// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/chaos/fault_injector.h"

#include <algorithm>
#include <iterator>
#include <numeric>

#include "tests/integration/chaos/worker_process.h"
#include "tests/integration/harness/eventually.h"
#include "tests/integration/harness/host_environment.h"
#include "tests/integration/harness/text_encoding.h"

namespace plugbroker::chaos {

using harness::eventually;
using harness::narrow;

namespace {

constexpr ULONGLONG drained_for_ms = 2000;
constexpr std::size_t most_callers = 8;  ///< That run at once.
constexpr std::size_t most_refusals = 20;

}  // namespace

const std::vector<FaultInjector::Kind>& FaultInjector::kinds() {
  static const std::vector<Kind> all{{"worker killed", &FaultInjector::kill_process, 0},
                                     {"worker frozen", &FaultInjector::freeze_process, 1},
                                     {"call that hangs", &FaultInjector::hang, 3},
                                     {"call that leaks", &FaultInjector::leak, 4},
                                     {"killed by command", &FaultInjector::kill_by_command, 1},
                                     {"pool drained, resumed", &FaultInjector::drain, 2},
                                     {"pool recycled", &FaultInjector::recycle, 2},
                                     {"files replaced", &FaultInjector::replace_files, 1},
                                     {"reload", &FaultInjector::reload, 1},
                                     {"reload of a bad file", &FaultInjector::reload_of_a_bad_file, 1}};
  return all;
}

void FaultInjector::run_each() {
  for (const Kind& kind : kinds()) inject(kind);
  finish();
}

void FaultInjector::run_for(unsigned seconds) {
  const ULONGLONG start = GetTickCount64();
  const ULONGLONG end = start + ULONGLONG{seconds} * 1000;
  for (ULONGLONG due = start; due < end; due = std::max(due + 1000, GetTickCount64())) {
    static_cast<void>(eventually([&] { return GetTickCount64() >= due; }));
    resume_what_is_due(false);
    inject(kinds().front());
    if ((due - start) / 1000 % 2 == 1) inject(drawn_kind());
  }
  finish();
}

void FaultInjector::inject(const Kind& kind) {
  if ((this->*kind.inject)()) ++injected_[kind.name];
}

const FaultInjector::Kind& FaultInjector::drawn_kind() {
  unsigned all = 0;
  for (const Kind& kind : kinds()) all += kind.weight;
  unsigned at = draw(all);
  const auto found = std::ranges::find_if(kinds(), [&](const Kind& kind) {
    if (at < kind.weight) return true;
    at -= kind.weight;
    return false;
  });
  return *found;
}

std::optional<ShownWorker> FaultInjector::drawn_worker() {
  const std::vector<ShownWorker> all = service_.workers();
  const unsigned drawn = draw(1'000'000);  // Always, so that what follows does not depend on how many there are.
  if (all.empty()) return {};
  return all[drawn % all.size()];
}

std::string FaultInjector::drawn_pool() {
  const auto& pools = workers_at_rest();
  return std::next(pools.begin(), draw(static_cast<unsigned>(pools.size())))->first;
}

bool FaultInjector::kill_process() {
  const std::optional<ShownWorker> victim = drawn_worker();
  return victim && kill_worker_process(service_.installed().process_id(), victim->process_id);
}

bool FaultInjector::freeze_process() {
  const std::optional<ShownWorker> victim = drawn_worker();
  return victim && freeze_worker_process(service_.installed().process_id(), victim->process_id);
}

bool FaultInjector::hang() {
  return start_caller("hang", drawn_pool());
}

bool FaultInjector::leak() {
  return start_caller("leak", "leaky");
}

bool FaultInjector::start_caller(const std::string& kind, const std::string& pool) {
  std::erase_if(callers_, [](const harness::ChildProcess& caller) { return !caller.running(); });
  if (callers_.size() == most_callers) return false;
  const std::string name = "fault" + std::to_string(callers_made_++);
  const std::filesystem::path& records = service_.records();
  callers_.push_back(harness::ChildProcess(
      {.program = harness::test_program("plugbroker_mixed_caller.exe"),
       .arguments = {service_.installed().pipe(), narrow((records / ("client-" + name + ".txt")).wstring()), name, "1",
                     "0", std::to_string(callers_made_), pool + ".", kind},
       .output = records / ("output-" + name + ".txt"),
       .environment = harness::host_environment()}));
  return true;
}

bool FaultInjector::kill_by_command() {
  const std::optional<ShownWorker> victim = drawn_worker();
  // Refused when it has ended meanwhile.
  return victim && service_.control({"kill", std::to_string(victim->id)}).exit_code == 0;
}

bool FaultInjector::drain() {
  const std::string pool = drawn_pool();
  if (drained_.contains(pool) || !command({"drain", pool})) return false;
  drained_[pool] = GetTickCount64() + drained_for_ms;
  return true;
}

void FaultInjector::resume_what_is_due(bool all) {
  for (auto entry = drained_.begin(); entry != drained_.end();) {
    if (!all && GetTickCount64() < entry->second) {
      ++entry;
      continue;
    }
    static_cast<void>(command({"resume", entry->first}));
    entry = drained_.erase(entry);
  }
}

bool FaultInjector::recycle() {
  const std::string pool = drawn_pool();
  return !drained_.contains(pool) && command({"recycle", pool});
}

/// Overwrites the library that workers of the pool run from, and adds a file that was not there.
bool FaultInjector::replace_files() {
  const std::filesystem::path original = harness::misbehaving_worker().replace_extension(".dll");
  std::filesystem::copy_file(original, service_.deployment() / original.filename(),
                             std::filesystem::copy_options::overwrite_existing);
  harness::write_whole_file(service_.deployment() / "deployment.txt", std::to_string(++deployments_));
  return true;
}

bool FaultInjector::reload() {
  service_.write_config(++revision_);
  return command({"reload"});
}

bool FaultInjector::reload_of_a_bad_file() {
  service_.write_bad_config();
  const bool refused = command({"reload"}, 1);
  service_.write_config(revision_);
  return refused;
}

bool FaultInjector::command(const std::vector<std::string>& arguments, std::uint32_t expected) {
  const harness::Finished done = service_.control(arguments);
  if (done.exit_code == expected) return true;
  if (refusals_.size() < most_refusals) {
    refusals_.push_back(arguments.front() + " ended with " + std::to_string(done.exit_code) + ": " + done.output);
  }
  return false;
}

void FaultInjector::finish() {
  resume_what_is_due(true);
  for (harness::ChildProcess& caller : callers_) {
    const std::uint32_t exit_code = caller.wait(8 * harness::hang_guard);
    if (exit_code != 0)
      refusals_.push_back("a caller ended with " + std::to_string(exit_code) + ": " + caller.output());
  }
  callers_.clear();
}

}  // namespace plugbroker::chaos
