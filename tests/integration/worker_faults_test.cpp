// SPDX-License-Identifier: Apache-2.0
// Workers that do not start, do not get ready, die, write garbage, or try to forge the log. Their callers are told;
// every other pool goes on.
#include <gmock/gmock.h>

#include "tests/integration/harness/eventually.h"
#include "tests/integration/harness/fault_exposure.h"
#include "tests/integration/harness/process_counts.h"

namespace plugbroker::harness {
namespace {

using testing::AllOf;
using testing::Each;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

/// A documents pool that works, a sleepers pool, and one pool that misbehaves.
class WorkerFaults : public testing::Test {
 protected:
  static boost::json::object quick_restarts() {
    boost::json::object settings = workers(1);
    settings["restart_backoff_min"] = "10ms";
    settings["restart_backoff_max"] = "50ms";
    return settings;
  }

  static InstalledService::Options with(const PoolText& pool) {
    return {.pools = {documents_pool(), sleepers_pool(), pool}};
  }

  static std::uint64_t failed(const InstalledService& service, const std::string& pool) {
    return service.pool(pool).at("workers_failed").to_number<std::uint64_t>();
  }

  /// Exposes the service to calls of a pool whose workers do not survive a call; returns how those calls ended.
  static std::vector<CallReport> expose_to_calls(InstalledService& service, const std::string& pool) {
    std::vector<CallReport> told;
    const Exposure exposure = expose(service, [&] {
      told.push_back(call(service, "broken", "one call"));
      EXPECT_TRUE(eventually([&] { return service.workers(pool).size() == 1; }));
    });
    expect_only_the_culprit_suffered(exposure);
    EXPECT_EQ(failed(service, pool), exposure.faults);
    return told;
  }

  static void expect_unavailable_and_received(const std::vector<CallReport>& told) {
    EXPECT_THAT(told, Each(Field(&CallReport::status, "unavailable")));
    EXPECT_THAT(told, Each(Field(&CallReport::retry, "never")));
    EXPECT_THAT(told, Each(Field(&CallReport::origin, "broker")));
    EXPECT_THAT(told, Each(Field(&CallReport::worker_received, true)));
    EXPECT_THAT(told, Each(Field(&CallReport::message, HasSubstr("had received"))));
  }
};

TEST_F(WorkerFaults, AWorkerThatExitsAtStartIsNamedWithItsExitCodeAndTriedAgain) {
  InstalledService service(with(misbehaving_pool("exit-at-start", {"broken"}, quick_restarts())));
  service.start_without_ready_workers();
  ASSERT_TRUE(
      eventually([&] { return service.workers("documents").size() == 1 && service.workers("sleepers").size() == 1; }));

  std::vector<CallReport> told;
  const Exposure exposure = expose(service, [&] {
    const std::uint64_t before = failed(service, "exit-at-start");
    told.push_back(call(service, "broken", "one call", std::chrono::seconds{5}));
    EXPECT_TRUE(eventually([&] { return failed(service, "exit-at-start") > before; }));
  });

  EXPECT_THAT(exposure.others, Each(Field(&CallReport::status, "ok")));
  EXPECT_GE(exposure.others.size(), calls_of_others);
  EXPECT_THAT(told, Each(Field(&CallReport::status, "unavailable")));
  EXPECT_THAT(told, Each(Field(&CallReport::retry, "after_backoff")));
  EXPECT_THAT(told, Each(Field(&CallReport::worker_received, false)));
  service.wait_for_log_line({"worker_output", "exits at start, as it was told", "exit-at-start"});
  service.wait_for_log_line({"worker_exited", "exit-at-start", "exit code 3"});
  EXPECT_THAT(std::string(service.pool("exit-at-start").at("last_failure").as_string()), HasSubstr("exit code 3"));
}

TEST_F(WorkerFaults, AWorkerThatNeverSaysReadyIsEndedAfterItsStartTimeout) {
  boost::json::object settings = quick_restarts();
  settings["start_timeout"] = "500ms";
  settings["dump"] = "off";  // Workers of which a dump is taken hold the pool's places, and this one fails every second.
  InstalledService service(with(misbehaving_pool("never-ready", {"broken"}, settings)));
  service.start_without_ready_workers();
  ASSERT_TRUE(
      eventually([&] { return service.workers("documents").size() == 1 && service.workers("sleepers").size() == 1; }));

  std::vector<CallReport> told;
  const Exposure exposure = expose(service, [&] {
    const std::uint64_t before = failed(service, "never-ready");
    told.push_back(call(service, "broken", "one call", std::chrono::seconds{5}));
    EXPECT_TRUE(eventually([&] { return failed(service, "never-ready") > before; }));
  });

  EXPECT_THAT(exposure.others, Each(Field(&CallReport::status, "ok")));
  EXPECT_GE(exposure.others.size(), calls_of_others);
  EXPECT_THAT(told, Each(Field(&CallReport::status, "unavailable")));
  EXPECT_THAT(told, Each(Field(&CallReport::worker_received, false)));
  service.wait_for_log_line({"worker_not_ready", "pool=never-ready", "start_timeout"});
  EXPECT_THAT(std::string(service.pool("never-ready").at("last_failure").as_string()), HasSubstr("start_timeout"));
}

TEST_F(WorkerFaults, AWorkerThatDiesInACallEndsItAsReceivedAndIsReplaced) {
  InstalledService service(with(misbehaving_pool("die-mid-call", {"broken"}, quick_restarts())));
  service.start();

  const std::vector<CallReport> told = expose_to_calls(service, "die-mid-call");

  expect_unavailable_and_received(told);
  EXPECT_EQ(service.logged({"worker_exited", "die-mid-call", "exit code 7"}, told.size()), told.size());
  EXPECT_THAT(std::string(service.pool("die-mid-call").at("last_failure").as_string()), HasSubstr("exit code 7"));
}

TEST_F(WorkerFaults, AWorkerThatWritesGarbageInACallIsEndedAndReplaced) {
  InstalledService service(with(misbehaving_pool("garbage", {"broken"}, quick_restarts())));
  service.start();

  const std::vector<CallReport> told = expose_to_calls(service, "garbage");

  expect_unavailable_and_received(told);
  EXPECT_EQ(
      service.logged({"protocol_error", "garbage", "the frame does not begin with the magic number"}, told.size()),
      told.size());
}

TEST_F(WorkerFaults, AWorkerThatWritesGarbageAtStartIsEndedAndNamed) {
  InstalledService service(with(misbehaving_pool("garbage-at-start", {"broken"}, quick_restarts())));
  service.start_without_ready_workers();
  ASSERT_TRUE(
      eventually([&] { return service.workers("documents").size() == 1 && service.workers("sleepers").size() == 1; }));

  BackgroundCaller others(service);
  others.wait_for_finished(calls_of_others);
  EXPECT_TRUE(eventually([&] { return failed(service, "garbage-at-start") >= 3; }));
  const std::vector<CallReport> outcomes = others.stop();

  EXPECT_THAT(outcomes, Each(Field(&CallReport::status, "ok")));
  service.wait_for_log_line({"protocol_error", "garbage-at-start", "the frame does not begin with the magic number"});
}

TEST_F(WorkerFaults, WhatAWorkerPrintsOrAnswersCannotForgeALineOfTheLog) {
  InstalledService service(with(misbehaving_pool("forge-log", {"broken"}, quick_restarts())));
  service.start();

  const CallReport told = call(service, "broken", "one call");
  service.wait_for_log_line({"worker_output", "forge-log", "FORGED"});

  EXPECT_EQ(told.status, "aborted");
  EXPECT_EQ(told.origin, "worker");
  const std::string log = service.log();
  const std::vector<std::string> forged = service.log_lines({"FORGED"});
  EXPECT_THAT(forged, Each(AllOf(HasSubstr("pool=forge-log"), HasSubstr("worker="))));
  EXPECT_EQ(log.find('\x1b'), std::string::npos);
  EXPECT_EQ(log.find('\0'), std::string::npos);
  EXPECT_EQ(log.find("\xE2\x80\xA8"), std::string::npos);  // U+2028, which some viewers show as a new line
}

TEST_F(WorkerFaults, AWorkerThatFloodsItsOutputHoldsUpNobodyAndFillsNoLog) {
  InstalledService service(with(misbehaving_pool("flood-stdout", {"broken"}, quick_restarts())));
  service.start();

  BackgroundCaller others(service);
  others.wait_for_finished(calls_of_others);
  const CallReport told = call(service, "broken", "one call");
  const std::vector<CallReport> outcomes = others.stop();

  EXPECT_THAT(outcomes, Each(Field(&CallReport::status, "ok")));
  EXPECT_EQ(told.status, "ok");
  service.wait_for_log_line({"flood-stdout", "dropped"});
  EXPECT_LT(service.log().size(), std::size_t{4} << 20);
}

TEST_F(WorkerFaults, AWorkerKilledWhileIdleIsReplaced) {
  InstalledService service({.pools = {documents_pool(), sleepers_pool()}});
  service.start();

  const Exposure exposure = expose(service, [&] {
    const std::uint32_t victim = service.workers("sleepers").at(0);
    kill_process(victim);
    EXPECT_TRUE(eventually([&] {
      const std::vector<std::uint32_t> now = service.workers("sleepers");
      return now.size() == 1 && now.at(0) != victim;
    }));
  });

  expect_only_the_culprit_suffered(exposure);
  EXPECT_EQ(failed(service, "sleepers"), exposure.faults);
}

TEST_F(WorkerFaults, StoppingTheServiceLeavesNoWorkerBehind) {
  InstalledService service({.pools = {documents_pool(workers(2)), misbehaving_pool("hang", {"hang"})}});
  service.start();
  std::vector<std::uint32_t> all = service.workers("documents");
  all.push_back(service.workers("hang").at(0));
  SingleCall hanging(service, "hang", "for ever", std::chrono::seconds{1});
  EXPECT_EQ(hanging.report().status, "deadline_exceeded");

  service.stop();

  for (const std::uint32_t worker : all) EXPECT_FALSE(process_runs(worker)) << worker;
}

TEST_F(WorkerFaults, KillingTheServiceLeavesNoWorkerBehind) {
  InstalledService service({.pools = {documents_pool(workers(2))}});
  service.start();
  const std::vector<std::uint32_t> all = service.workers("documents");

  service.kill();

  EXPECT_TRUE(eventually([&] { return std::ranges::none_of(all, process_runs); }));
}

}  // namespace
}  // namespace plugbroker::harness
