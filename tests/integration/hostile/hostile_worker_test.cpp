// SPDX-License-Identifier: Apache-2.0
// A worker that means harm. Its own callers are told; those of other pools are served, the admin pipe answers, and
// afterwards nothing is left of it but lines of the log that say which one it was. (Workers have the service's account,
// or that without its rights: a SID tells nothing of them, their pool does.)
#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>

#include "tests/integration/harness/eventually.h"
#include "tests/integration/harness/process_counts.h"
#include "tests/integration/harness/text_encoding.h"
#include "tests/integration/harness/wine.h"
#include "tests/integration/hostile/hostile_scene.h"

namespace plugbroker::hostile {
namespace {

using harness::call;
using harness::CallReport;
using harness::eventually;
using harness::process_runs;
using testing::AllOf;
using testing::Each;
using testing::Field;
using testing::HasSubstr;
using testing::Not;

class HostileWorkerFaults : public HostileScene {
 protected:
  static boost::json::object one_at_a_time(unsigned count) {
    return {{"min_workers", count}, {"max_workers", count}, {"concurrency", 1}};
  }

  void wait_for_workers(std::size_t count) {
    EXPECT_TRUE(eventually([&] { return service().workers("hostile").size() == count; }));
  }

  [[nodiscard]] unsigned calls_at_workers() {
    unsigned calls = 0;
    const boost::json::object pool = service().pool("hostile");
    for (const boost::json::value& worker : pool.at("workers").as_array()) {
      calls += worker.at("calls_in_progress").to_number<unsigned>();
    }
    return calls;
  }

  [[nodiscard]] std::size_t protocol_errors() const {
    const std::vector<LogLine> lines = whole_log();
    return static_cast<std::size_t>(std::ranges::count_if(
        lines, [](const LogLine& line) { return line.event == "protocol_error" && line.field("pool") == "hostile"; }));
  }
};

TEST_F(HostileWorkerFaults, AWorkerThatAnswersForOthersIsEndedAndTheirCallsAreNotTouched) {
  start("answer-for-others", {}, one_at_a_time(2));
  std::vector<CallReport> told;
  std::vector<CallReport> others;
  std::size_t attacks = 0;

  const Aftermath aftermath = survive([&] {
    // Held by one worker of the pool, while the other one answers for everybody.
    harness::SingleCall held(service(), "hostile.hold", "somebody else's", std::chrono::seconds{1});
    EXPECT_TRUE(eventually([&] { return calls_at_workers() > 0; }));
    told.push_back(call(service(), "hostile.do", "x"));
    others.push_back(held.report());
    wait_for_workers(2);
    ++attacks;
  });

  expect_nobody_else_suffered(aftermath);
  EXPECT_THAT(told, Each(Field(&CallReport::status, "unavailable")));
  EXPECT_THAT(others, Each(Field(&CallReport::status, "deadline_exceeded")));
  EXPECT_TRUE(eventually([&] { return protocol_errors() >= attacks; }));
  expect_worker_named("protocol_error");
}

TEST_F(HostileWorkerFaults, WhatAWorkerWritesAfterAnEndReachesNobodyAndEndsIt) {
  start("write-after-end", {}, one_at_a_time(1));
  std::vector<CallReport> told;

  const Aftermath aftermath = survive([&] {
    told.push_back(call(service(), "hostile.do", "said once"));
    EXPECT_TRUE(eventually([&] { return protocol_errors() >= told.size(); }));
    wait_for_workers(1);
  });

  expect_nobody_else_suffered(aftermath);
  EXPECT_THAT(told, Each(AllOf(Field(&CallReport::status, "ok"), Field(&CallReport::reply, "said once"))));
  expect_worker_named("protocol_error");
}

TEST_F(HostileWorkerFaults, AGibibyteOnStandardOutputIsReadToItsEndAndFillsNoLog) {
  constexpr auto gibibyte = "1073741824";
  constexpr std::size_t much_less = 8u << 20;
  start("print");
  std::string printed;

  const Aftermath aftermath = survive(
      [&] {
        EXPECT_TRUE(eventually([&] {
          printed = call(service(), "hostile.do", "how much?").reply;
          return printed == gibibyte;
        })) << printed;
      },
      [] {});

  expect_nobody_else_suffered(aftermath);
  EXPECT_EQ(printed, gibibyte);
  expect_worker_named("worker_output_dropped");
  for (const LogLine& line : whole_log()) {
    EXPECT_THAT(line.event, Not(HasSubstr("FORGED")));
    if (line.field("message").find("FORGED") == std::string::npos) continue;
    EXPECT_EQ(line.field("pool"), "hostile");
  }
  EXPECT_LT(service().log().size(), much_less);
}

TEST_F(HostileWorkerFaults, ChildrenOfAWorkerEndWithIt) {
  start("fork", {}, one_at_a_time(1));
  std::vector<std::uint32_t> family;
  std::size_t generations = 0;

  const Aftermath aftermath = survive([&] {
    family.clear();
    std::istringstream children(call(service(), "hostile.do", "multiply").reply);
    for (std::uint32_t child = 0; children >> child;) family.push_back(child);
    const std::size_t count = family.size();
    EXPECT_GT(count, 0u);
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_TRUE(eventually([&] { return !harness::children_of(family[i]).empty(); }));
      for (const std::uint32_t grandchild : harness::children_of(family[i])) family.push_back(grandchild);
    }
    if (family.size() >= 2 * count) ++generations;

    EXPECT_EQ(call(service(), "hostile.do", "die").status, "unavailable");

    EXPECT_TRUE(eventually([&] { return std::ranges::none_of(family, process_runs); }));
    wait_for_workers(1);
  });

  expect_nobody_else_suffered(aftermath);
  EXPECT_GT(generations, 0u);
  expect_worker_named("worker_exited");
}

class ForeignObjects : public HostileWorkerFaults {
 protected:
  /// What a worker of a pool of two can open of the service, its pipes and files, and its sibling.
  std::string opened_by_a_worker() {
    const std::vector<std::uint32_t> siblings = service().workers("hostile");
    const std::string config = harness::narrow(service().config_file().wstring());
    std::ostringstream targets;
    targets << "process " << service().process_id() << "\npipe " << service().admin_pipe() << "\nread " << config
            << "\nwrite " << config << '\n';
    for (const std::uint32_t sibling : siblings) targets << "process " << sibling << '\n';
    return call(service(), "hostile.do", targets.str()).reply;
  }
};

TEST_F(ForeignObjects, AWorkerHoldsNoHandleButItsOwnAndItsChannelCannotBeOpenedAgain) {
  start("open", {}, one_at_a_time(2));
  std::string told;

  const Aftermath aftermath = survive([&] { told = opened_by_a_worker(); });

  expect_nobody_else_suffered(aftermath);
  EXPECT_THAT(told, HasSubstr("pipes=3\n"));  // Its channel, standard output and standard error.
  // Wine gives a program of the console a handle of its own conhost.exe; that is nobody else's.
  const std::size_t processes = told.find("processes=");
  ASSERT_NE(processes, std::string::npos);
  std::istringstream held(told.substr(processes + 10, told.find('\n', processes) - processes - 10));
  std::vector<std::uint32_t> others = service().workers("hostile");
  others.push_back(service().process_id());
  others.push_back(service().workers("normal").at(0));
  for (std::uint32_t process = 0; held >> process;) EXPECT_THAT(others, Not(testing::Contains(process)));
  EXPECT_THAT(told, HasSubstr("channel=\\\\.\\pipe\\PlugBroker.private."));
  EXPECT_THAT(told, HasSubstr("own channel again=refused"));
  EXPECT_THAT(told, HasSubstr("own channel's other end=refused"));
}

TEST_F(ForeignObjects, AWorkerCanOpenNeitherTheServiceNorItsAdminPipeNorItsConfiguration) {
  if (harness::runs_under_wine()) GTEST_SKIP() << "Wine: lowered integrity is ignored";
  start("open", {{"token_check", "strict"}}, one_at_a_time(2));

  const std::string told = opened_by_a_worker();

  EXPECT_THAT(told, HasSubstr("process " + std::to_string(service().process_id()) + "=refused"));
  EXPECT_THAT(told, HasSubstr("pipe " + service().admin_pipe() + "=refused"));
  EXPECT_THAT(told, HasSubstr("read " + harness::narrow(service().config_file().wstring()) + "=refused"));
  EXPECT_THAT(told, HasSubstr("write " + harness::narrow(service().config_file().wstring()) + "=refused"));
}

}  // namespace
}  // namespace plugbroker::hostile
