// SPDX-License-Identifier: Apache-2.0
#include "installer/plan/command_report.h"

#include <gmock/gmock.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

namespace plugbroker::installer {
namespace {

using ::testing::ElementsAre;

TEST(CommandReport, PrintsEachLineAsItComes) {
  std::vector<std::string> lines;
  CommandReport report{[&](const std::string& line) { lines.push_back(line); }};

  report.step(StepResult::done, "description");
  report.step(StepResult::unchanged, "privileges");
  report.step(StepResult::not_set, "SID", "not supported");
  report.step(StepResult::not_verified, "restarts", "not supported");
  report.remark("restart it");
  report.service("P", {.state = "running, process 3", .process_id = 3});
  report.finding({"quoting", FindingLevel::fail, "bad", "do this"});
  report.finding({"config", FindingLevel::pass, "good", ""});

  EXPECT_THAT(lines, ElementsAre("set: description", "unchanged: privileges", "NOT set: SID: not supported",
                                 "NOT verified: restarts: not supported", "restart it", "P: running, process 3",
                                 "fail  quoting: bad", "      fix: do this", "pass  config: good"));
}

TEST(CommandReport, IsOneJsonDocument) {
  CommandReport report;
  report.step(StepResult::not_set, "SID \"x\"", "not supported");
  report.finding({"quoting", FindingLevel::warn, "odd", "look"});
  report.service("P", {.state = "stopped", .process_id = 0});
  const InstallCommand command{.verb = InstallVerb::doctor, .service_name = "P"};

  const boost::json::object document =
      boost::json::parse(report.json(command, ExitCode::unhealthy, "a problem")).as_object();

  EXPECT_EQ(document.at("schema_version"), 1);
  EXPECT_EQ(document.at("command"), "doctor");
  EXPECT_EQ(document.at("exit_code"), 9);
  EXPECT_EQ(document.at("problem"), "a problem");
  EXPECT_EQ(document.at("steps").at(0).at("result"), "not_set");
  EXPECT_EQ(document.at("steps").at(0).at("step"), "SID \"x\"");
  EXPECT_EQ(document.at("findings").at(0).at("level"), "warn");
  EXPECT_EQ(document.at("service").at("state"), "stopped");
  EXPECT_FALSE(document.contains("commands"));
}

TEST(CommandReport, HasTheLinesOfADryRun) {
  CommandReport report;
  report.script_line("sc start \"P\"");
  const InstallCommand command{.verb = InstallVerb::start, .service_name = "P", .dry_run = true};

  const boost::json::value document = boost::json::parse(report.json(command, ExitCode::ok, ""));

  EXPECT_EQ(document.at("dry_run"), true);
  EXPECT_EQ(document.at("commands").at(0), "sc start \"P\"");
}

}  // namespace
}  // namespace plugbroker::installer
