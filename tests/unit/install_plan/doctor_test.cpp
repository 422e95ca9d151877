// SPDX-License-Identifier: Apache-2.0
#include "installer/plan/doctor.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <functional>

namespace plugbroker::installer {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr const char* folder_sddl = "O:SYG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;S-1-5-80-1)";

ServiceSettings good_settings() {
  return {.command_line = R"("C:\P\plugbroker-service.exe" run)",
          .display_name = "P",
          .account = R"(NT SERVICE\P)",
          .start = StartType::automatic,
          .description = "d",
          .sid_in_token = true,
          .privileges = {"SeChangeNotifyPrivilege"},
          .failure_actions = {.reset_seconds = 86400, .restart_delays_ms = {5000}},
          .failure_actions_on_error_exit = true,
          .shutdown_time = 60s};
}

DoctorFacts healthy() {
  DoctorFacts facts;
  facts.service_name = "P";
  facts.installed = true;
  facts.running = true;
  facts.state = "running, process 1";
  facts.command_line = good_settings().command_line;
  facts.program_exists = true;
  facts.wanted = good_settings();
  for (const Setting setting : all_settings) facts.settings.push_back({setting, good_settings(), ""});
  facts.folders = {{R"(C:\D)", folder_sddl, folder_access("S-1-5-80-1", "0x1200a9"), ""}};
  facts.trusted_owners = {"SY", "BA"};
  facts.config_path = R"(C:\D\c.json)";
  facts.config_readable = true;
  facts.public_pipe = {.name = R"(\\.\pipe\P)", .opened = true, .owner = "S-1-5-80-1", .owner_trusted = true};
  facts.admin_pipe = {.name = R"(\\.\pipe\P.Admin)", .opened = true};
  facts.failures.emplace();
  facts.event_source_registered = true;
  facts.event_message_file = R"(C:\P\messages.dll)";
  facts.event_message_file_exists = true;
  facts.workers = {{.pool = "w", .program = R"(C:\W\w.exe)", .exists = true}};
  return facts;
}

/// What a change of the healthy facts makes of one check: the first line of it that is not a pass, or the first.
Finding finding_of(const std::string& check, const std::function<void(DoctorFacts&)>& change) {
  DoctorFacts facts = healthy();
  change(facts);
  Finding found{.check = "none"};
  for (const Finding& finding : diagnose(facts)) {
    if (finding.check != check) continue;
    if (found.check == "none" || finding.level > found.level) found = finding;
  }
  return found;
}

void expect(FindingLevel level, const std::string& check, const std::string& text,
            const std::function<void(DoctorFacts&)>& change) {
  const Finding finding = finding_of(check, change);
  EXPECT_EQ(finding.check, check);
  EXPECT_EQ(finding.level, level) << check << ": " << finding.message;
  EXPECT_THAT(finding.message, HasSubstr(text));
}

TEST(Doctor, PassesEverythingOfAGoodInstallation) {
  for (const Finding& finding : diagnose(healthy())) {
    EXPECT_EQ(finding.level, FindingLevel::pass) << finding.check << ": " << finding.message;
    EXPECT_EQ(finding.fix, "");
  }
}

TEST(Doctor, HasAFixForEveryLineThatFails) {
  DoctorFacts facts = healthy();
  facts.running = false;
  facts.failed_to_run = true;
  facts.command_line = R"(C:\Program Files\s.exe run)";
  facts.wanted.sid_in_token = !facts.wanted.sid_in_token;
  facts.folders[0].problem = "is a link";
  facts.config_problems = {"bad"};
  facts.config_weaknesses = {{"it may be changed", "icacls"}};
  facts.workers[0].exists = false;
  facts.interrupted_upgrade = true;
  int failing = 0;

  for (const Finding& finding : diagnose(facts)) {
    if (finding.level != FindingLevel::fail) continue;
    ++failing;
    EXPECT_NE(finding.fix, "") << finding.check;
  }

  EXPECT_GE(failing, 8);
}

TEST(Doctor, SaysThatThereIsNoServiceAndNothingElse) {
  DoctorFacts facts = healthy();
  facts.installed = false;

  const std::vector<Finding> findings = diagnose(facts);

  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].check, "installed");
  EXPECT_EQ(findings[0].level, FindingLevel::fail);
}

TEST(Doctor, TellsAServiceThatWasStoppedFromOneThatFailed) {
  expect(FindingLevel::warn, "running", "stopped", [](DoctorFacts& f) {
    f.running = false;
    f.state = "stopped, exit code 0";
  });
  expect(FindingLevel::fail, "running", "exit code 1", [](DoctorFacts& f) {
    f.running = false;
    f.failed_to_run = true;
    f.state = "stopped, exit code 1";
  });
}

TEST(Doctor, FindsACommandLineThatIsNotCertain) {
  expect(FindingLevel::fail, "quoting", "no quotation marks",
         [](DoctorFacts& f) { f.command_line = R"(C:\Program Files\s.exe run)"; });
  expect(FindingLevel::fail, "quoting", "percent", [](DoctorFacts& f) { f.command_line = R"("C:\%A%\s.exe" run)"; });
  expect(FindingLevel::fail, "quoting", "there is no", [](DoctorFacts& f) { f.program_exists = false; });
}

TEST(Doctor, FindsSettingsThatAreOtherwise) {
  expect(FindingLevel::fail, "privileges", "SeDebugPrivilege", [](DoctorFacts& f) {
    for (SettingFact& fact : f.settings) fact.present.privileges = {"SeDebugPrivilege"};
  });
  expect(FindingLevel::fail, "failure_flag", "off", [](DoctorFacts& f) {
    for (SettingFact& fact : f.settings) fact.present.failure_actions_on_error_exit = false;
  });
  expect(FindingLevel::fail, "failure_actions", "", [](DoctorFacts& f) {
    for (SettingFact& fact : f.settings) fact.present.failure_actions.restart_delays_ms.clear();
  });
  expect(FindingLevel::warn, "failure_actions", "7s", [](DoctorFacts& f) {
    for (SettingFact& fact : f.settings) fact.present.failure_actions.restart_delays_ms = {7000};
  });
  expect(FindingLevel::warn, "shutdown_time", "30s", [](DoctorFacts& f) {
    for (SettingFact& fact : f.settings) fact.present.shutdown_time = 30s;
  });
  expect(FindingLevel::warn, "service_sid", "can't be told", [](DoctorFacts& f) {
    for (SettingFact& fact : f.settings) fact.unreadable = "not supported";
  });
}

TEST(Doctor, FindsFoldersAndFilesThatOthersMayWrite) {
  expect(FindingLevel::fail, "folder_rights", "is a link", [](DoctorFacts& f) { f.folders[0].problem = "is a link"; });
  expect(FindingLevel::warn, "folder_rights", "error 5", [](DoctorFacts& f) {
    f.folders[0].problem = "error 5";
    f.folders[0].not_permitted = true;
  });
  expect(FindingLevel::fail, "folder_rights", "no administrator",
         [](DoctorFacts& f) { f.folders[0].sddl = "O:S-1-5-21-9D:AI"; });
  expect(FindingLevel::fail, "folder_rights", "not O:SYG:SYD:PAI",
         [](DoctorFacts& f) { f.folders[0].sddl = std::string{folder_sddl} + "(A;OICI;FA;;;BU)"; });
  expect(FindingLevel::fail, "config_rights", "its folder may be changed by BU; the service refuses",
         [](DoctorFacts& f) { f.config_weaknesses = {{"its folder may be changed by BU", "icacls"}}; });
  expect(FindingLevel::warn, "config_rights", "can't be read", [](DoctorFacts& f) { f.config_readable = false; });
  expect(FindingLevel::warn, "worker_rights", "pool w: its folder may be changed by BU",
         [](DoctorFacts& f) { f.workers[0].weaknesses = {{"its folder may be changed by BU", "icacls"}}; });
}

TEST(Doctor, FindsAConfigurationThatIsWrong) {
  expect(FindingLevel::fail, "config", "first (and 1 more)",
         [](DoctorFacts& f) { f.config_problems = {"first", "second"}; });
}

TEST(Doctor, FindsPipesThatDoNotAnswerAndWhoTookTheirName) {
  expect(FindingLevel::fail, "public_pipe", "error 2", [](DoctorFacts& f) {
    f.public_pipe.opened = false;
    f.public_pipe.problem = "error 2";
  });
  expect(FindingLevel::fail, "admin_pipe", "error 5", [](DoctorFacts& f) {
    f.admin_pipe.opened = false;
    f.admin_pipe.problem = "error 5";
  });
  expect(FindingLevel::fail, "pipe_owner", "S-1-5-21-7", [](DoctorFacts& f) {
    f.public_pipe.owner = "S-1-5-21-7";
    f.public_pipe.owner_trusted = false;
  });
  expect(FindingLevel::fail, "pipe_owner", "can't be read", [](DoctorFacts& f) { f.public_pipe.owner.clear(); });
  expect(FindingLevel::warn, "pipe_owner", "by an option alone",
         [](DoctorFacts& f) { f.public_pipe.trusted_by_option_only = true; });
}

TEST(Doctor, FindsAnEventSourceThatHasNoMessages) {
  expect(FindingLevel::warn, "event_source", "not registered",
         [](DoctorFacts& f) { f.event_source_registered = false; });
  expect(FindingLevel::fail, "event_source", "messages.dll",
         [](DoctorFacts& f) { f.event_message_file_exists = false; });
}

TEST(Doctor, FindsWorkersThatCannotStart) {
  expect(FindingLevel::fail, "worker_programs", R"(C:\W\w.exe)", [](DoctorFacts& f) { f.workers[0].exists = false; });
  expect(FindingLevel::fail, "dotnet", "needs Microsoft.NETCore.App 10.0.0", [](DoctorFacts& f) {
    f.workers[0].needs = "Microsoft.NETCore.App 10.0.0";
    f.workers[0].dotnet_looked_in = R"(C:\Program Files\dotnet)";
  });
  expect(FindingLevel::pass, "dotnet", "is in", [](DoctorFacts& f) {
    f.workers[0].needs = "X 1";
    f.workers[0].dotnet_found = true;
  });
}

TEST(Doctor, SaysHowLongAgoTheLastFailureWas) {
  expect(FindingLevel::warn, "last_failure", "pool w, 2m ago: it broke",
         [](DoctorFacts& f) { f.failures = {{"w", "it broke", 2min}}; });
  expect(FindingLevel::pass, "last_failure", "3h ago", [](DoctorFacts& f) { f.failures = {{"w", "it broke", 3h}}; });
  expect(FindingLevel::warn, "last_failure", "can't be told", [](DoctorFacts& f) { f.failures.reset(); });
}

TEST(Doctor, FindsAnUpgradeThatWasInterrupted) {
  expect(FindingLevel::fail, "upgrade", "interrupted", [](DoctorFacts& f) { f.interrupted_upgrade = true; });
  expect(FindingLevel::warn, "upgrade", "in use", [](DoctorFacts& f) { f.upgrade_leftovers = true; });
}

TEST(FailuresInStatus, AreThoseOfPoolsThatHadOne) {
  const auto failures = failures_in_status(R"({"pools":[{"name":"a","last_failure":"x","last_failure_age_ms":1500},)"
                                           R"({"name":"b","last_failure":"","last_failure_age_ms":null}]})");

  ASSERT_TRUE(failures.ok()) << failures.status().message;
  ASSERT_EQ(failures->size(), 1u);
  EXPECT_EQ((*failures)[0].pool, "a");
  EXPECT_EQ((*failures)[0].age, 1500ms);
  EXPECT_FALSE(failures_in_status("{}").ok());
}

}  // namespace
}  // namespace plugbroker::installer
