// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/hostile/hostile_scene.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <iostream>
#include <iterator>
#include <sstream>

#include "tests/integration/harness/broker_census.h"
#include "tests/integration/harness/eventually.h"
#include "tests/integration/harness/ledger.h"
#include "tests/integration/harness/process_counts.h"
#include "tests/integration/harness/text_encoding.h"

namespace plugbroker::hostile {

using harness::BackgroundCaller;
using harness::CallReport;
using harness::ChildProcess;
using harness::InstalledService;
using harness::narrow;
using harness::PoolText;
using harness::private_bytes;

namespace {

constexpr auto client_program = "plugbroker_hostile_client.exe";
constexpr auto worker_program = "plugbroker_hostile_worker.exe";

std::map<std::string, std::uint64_t> numbers_in(const std::string& output) {
  std::map<std::string, std::uint64_t> numbers;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t equals = line.find('=');
    if (equals != std::string::npos) numbers[line.substr(0, equals)] = std::stoull(line.substr(equals + 1));
  }
  return numbers;
}

/// Told backslashes are doubled in the log.
bool names_program(const LogLine& line, const char* program) {
  return line.field("image").ends_with(std::string(R"(\\)") + program);
}

}  // namespace

void HostileScene::start(const std::string& mode, boost::json::object top, boost::json::object settings) {
  PoolText innocent = harness::misbehaving_pool("normal", {"recorded"});
  innocent.environment["WORKER_LEDGER"] = narrow(ledger_.wstring());
  const std::vector<std::string> routes{"hostile.hold", "hostile.blob", "hostile.echo", "hostile.do"};
  std::vector<std::string> command{narrow(harness::test_program(worker_program).wstring()), mode};
  command.insert(command.end(), routes.begin(), routes.end());
  settings["restart_backoff_min"] = "10ms";
  settings["restart_backoff_max"] = "20ms";
  settings["breaker"] = {{"failures", 1000}};
  settings["dump"] = "off";
  if (!top.contains("log")) top["log"] = {{"level", "information"}};
  service_ = std::make_unique<InstalledService>(InstalledService::Options{
      .pools = {innocent, PoolText{.name = "hostile", .command = command, .routes = routes, .settings = settings}},
      .top = std::move(top)});
  service_->start();
}

ChildProcess HostileScene::begin_attack(const std::string& name, unsigned size) const {
  static std::atomic<unsigned> count{0};
  const std::string file = name + "-" + std::to_string(++count) + ".txt";
  return ChildProcess({.program = harness::test_program(client_program),
                       .arguments = {name, service_->pipe(), std::to_string(size)},
                       .output = service_->folder() / file});
}

Attacker HostileScene::attack(const std::string& name, unsigned size) const {
  ChildProcess process = begin_attack(name, size);
  Attacker attacker{.process_id = process.id(), .exit_code = process.wait(), .output = process.output(), .told = {}};
  EXPECT_EQ(attacker.exit_code, 0u) << attacker.output;
  attacker.told = numbers_in(attacker.output);
  return attacker;
}

void HostileScene::attack_beside_others(const std::function<void()>& attack, std::uint64_t calls, Aftermath& result) {
  std::filesystem::remove(ledger_);
  BackgroundCaller innocent(*service_, "recorded");
  AdminProbe administrator(service_->admin_pipe());
  const std::uint64_t enough = innocent.finished() + calls;
  do {
    attack();
    ++result.attacks;
  } while (innocent.finished() < enough && innocent.running() && !HasFailure());
  add(result.admin, administrator.stop());
  const std::vector<CallReport> told = innocent.stop();
  std::ranges::move(harness::contradictions(told, harness::read_ledger(ledger_)),
                    std::back_inserter(result.contradictions));
  std::ranges::copy(told, std::back_inserter(result.innocent));
}

Aftermath HostileScene::survive(const std::function<void()>& attack, const std::function<void()>& warm_up) {
  {
    Aftermath of_no_interest;
    attack_beside_others(warm_up, 1, of_no_interest);
  }
  Aftermath result;
  std::uint64_t memory_before = 0;
  result.leaks = harness::leaks_of(
      *service_,
      [&] {
        memory_before = private_bytes(service_->process_id());
        attack_beside_others(attack, innocent_calls, result);
      },
      patience_);
  std::ranges::move(memory_left_by(*service_, memory_before, patience_), std::back_inserter(result.leaks));
  return result;
}

void HostileScene::expect_nobody_else_suffered(const Aftermath& aftermath) const {
  using testing::Each;
  using testing::Field;
  using testing::IsEmpty;
  std::cout << aftermath.attacks << " attacks; " << aftermath.innocent.size() << " calls of others; "
            << to_text(aftermath.admin) << '\n';
  RecordProperty("admin_pipe", to_text(aftermath.admin));
  RecordProperty("calls_of_others", std::to_string(aftermath.innocent.size()));
  EXPECT_GE(aftermath.innocent.size(), innocent_calls);
  EXPECT_THAT(aftermath.innocent, Each(Field(&CallReport::status, "ok")));
  EXPECT_THAT(aftermath.contradictions, IsEmpty());
  EXPECT_THAT(aftermath.admin.answers, testing::Not(IsEmpty()));
  EXPECT_THAT(aftermath.admin.failures, IsEmpty());
  EXPECT_THAT(aftermath.leaks, IsEmpty());
}

std::vector<LogLine> HostileScene::whole_log() const {
  std::vector<std::string> malformed;
  std::vector<LogLine> lines = read_log(service_->log(), malformed);
  EXPECT_THAT(malformed, testing::IsEmpty());
  return lines;
}

void HostileScene::expect_named(const std::string& event, const Attacker& culprit, const std::string& sid) const {
  const auto names_him = [&](const LogLine& line) {
    return line.event == event && line.field("process") == std::to_string(culprit.process_id) &&
           names_program(line, client_program) && line.field("sid") == sid;
  };
  // The log is written a moment later than things happen.
  EXPECT_TRUE(
      harness::eventually([&] { return std::ranges::any_of(whole_log(), names_him); }, std::chrono::seconds{10}))
      << "no line of " << event << " names process " << culprit.process_id << " of " << sid;
}

void HostileScene::expect_worker_named(const std::string& event) const {
  const auto names_it = [&](const LogLine& line) {
    return line.event == event && line.field("pool") == "hostile" && !line.field("worker").empty() &&
           !line.field("process").empty() && names_program(line, worker_program);
  };
  EXPECT_TRUE(harness::eventually([&] { return std::ranges::any_of(whole_log(), names_it); }, std::chrono::seconds{10}))
      << "no line of " << event << " names a hostile worker";
}

std::vector<std::string> memory_left_by(const InstalledService& service, std::uint64_t before,
                                        std::chrono::milliseconds patience) {
  std::uint64_t after = 0;
  const auto is_back = [&] {
    after = private_bytes(service.process_id());
    return after <= before + memory_allowance;
  };
  if (harness::eventually(is_back, patience)) return {};
  return {"memory: " + std::to_string(before) + " bytes before, " + std::to_string(after) + " after"};
}

}  // namespace plugbroker::hostile
