// SPDX-License-Identifier: Apache-2.0
#include "installer/plan/setup_run.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "tests/unit/install_plan/fake_setup_system.h"

namespace plugbroker::installer {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::string folder = R"(C:\D)";
const std::string config = R"(C:\D\plugbroker.json)";

class SetupRun : public ::testing::Test {
 protected:
  SetupRun() {
    const SetupFacts facts{.own_program = R"(C:\P\plugbroker-service.exe)",
                           .data_folder = folder,
                           .default_config = config,
                           .default_service_name = "PlugBroker",
                           .service_sid = "S-1-5-80-1",
                           .description = "d",
                           .event_message_file = "events.dll",
                           .event_categories = 4,
                           .registered = std::nullopt,
                           .registered_program_exists = false};
    const InstallCommand command{.verb = InstallVerb::install, .service_name = "PlugBroker"};
    plan_ = make_setup_plan(command, facts, *choose_registration(command, facts), std::chrono::seconds{60});
  }

  Status run(bool strict = false) {
    report_ = CommandReport{};
    system_.changes.clear();
    return run_setup(plan_, system_, strict, report_);
  }

  int results(StepResult result) const {
    return static_cast<int>(
        std::ranges::count_if(report_.steps(), [&](const StepOutcome& step) { return step.result == result; }));
  }

  std::string lines() const {
    std::string text;
    for (const StepOutcome& step : report_.steps()) text += step_line(step) + "\n";
    return text;
  }

  SetupPlan plan_;
  FakeSetupSystem system_;
  CommandReport report_;
};

TEST_F(SetupRun, SetsEverythingAndReadsItBack) {
  ASSERT_TRUE(run().ok());

  EXPECT_EQ(results(StepResult::done), static_cast<int>(plan_.steps.size())) << lines();
  EXPECT_EQ(system_.held.size(), 7u);
  EXPECT_EQ(system_.folders.size(), 6u);
}

TEST_F(SetupRun, ChangesNothingTheSecondTime) {
  ASSERT_TRUE(run().ok());
  ASSERT_TRUE(run().ok());

  EXPECT_THAT(system_.changes, IsEmpty());
  EXPECT_EQ(results(StepResult::unchanged), static_cast<int>(plan_.steps.size())) << lines();
}

TEST_F(SetupRun, PutsRightTheOneThingThatWasChanged) {
  ASSERT_TRUE(run().ok());
  system_.held[Setting::failure_flag].failure_actions_on_error_exit = false;

  ASSERT_TRUE(run().ok());

  EXPECT_EQ(system_.changes, std::vector<std::string>{"set 6"});
  EXPECT_TRUE(system_.held[Setting::failure_flag].failure_actions_on_error_exit);
}

TEST_F(SetupRun, SaysExactlyWhatASystemDoesNotHaveAndGoesOn) {
  system_.unsupported = {Setting::service_sid, Setting::failure_flag};

  ASSERT_TRUE(run().ok());

  EXPECT_EQ(results(StepResult::not_set), 2) << lines();
  EXPECT_THAT(lines(), HasSubstr("NOT set: the service's SID in its token: not supported by this system"));
  EXPECT_TRUE(system_.held.contains(Setting::shutdown_time));
}

TEST_F(SetupRun, StopsThereWhenItIsStrict) {
  system_.unsupported = {Setting::service_sid};

  const Status status = run(true);

  EXPECT_EQ(status.code, StatusCode::unimplemented);
  EXPECT_THAT(status.message, HasSubstr("the service's SID"));
  EXPECT_FALSE(system_.held.contains(Setting::shutdown_time));
}

TEST_F(SetupRun, SaysWhatWasSetAndCannotBeReadBack) {
  system_.unreadable = {Setting::failure_actions};

  ASSERT_TRUE(run(true).ok());

  EXPECT_EQ(results(StepResult::not_verified), 1) << lines();
}

TEST_F(SetupRun, DoesNotTakeASettingThatTheSystemForgetsForSet) {
  system_.dropped = {Setting::privileges};

  ASSERT_TRUE(run().ok());

  EXPECT_THAT(lines(), HasSubstr("NOT set: privileges: SeChangeNotifyPrivilege alone: it reads back as"));
}

TEST_F(SetupRun, EndsWhenTheCommandLineReadsBackOtherwise) {
  system_.dropped = {Setting::registration};
  system_.held[Setting::registration] = {.command_line = "C:\\Program Files\\x.exe", .account = "LocalSystem"};

  EXPECT_EQ(run().code, StatusCode::data_loss);
}

TEST_F(SetupRun, RegistersTheEventSourceWithTheFileBesideTheProgram) {
  system_.event_source = R"(C:\old\events.dll)";

  ASSERT_TRUE(run().ok());

  EXPECT_EQ(system_.event_source, R"(C:\P\events.dll)");
  EXPECT_THAT(lines(), HasSubstr(R"(set: the source of the service's events with C:\P\events.dll)"));
}

TEST_F(SetupRun, LeavesAnEventSourceOfAnotherProductAndGoesOn) {
  system_.event_refusal = {StatusCode::already_exists, "it is not ours"};

  EXPECT_TRUE(run().ok());
  EXPECT_THAT(lines(), HasSubstr("NOT set: the source of the service's events"));
  EXPECT_EQ(run(true).code, StatusCode::unimplemented);
}

TEST_F(SetupRun, EndsWhenTheEventSourceNeedsAnElevatedPrompt) {
  system_.event_refusal = {StatusCode::permission_denied, "access denied"};

  EXPECT_EQ(run().code, StatusCode::permission_denied);
}

TEST_F(SetupRun, RefusesALinkInPlaceOfAFolderBeforeItRegistersAnything) {
  system_.links = {folder + "\\logs"};

  EXPECT_EQ(run().code, StatusCode::failed_precondition);
  EXPECT_THAT(system_.held, IsEmpty());
}

TEST_F(SetupRun, TakesOverAFolderThatSomebodyElseMade) {
  system_.folders[folder] = "O:S-1-5-21-1-2-3-1001G:SYD:AI(A;OICI;FA;;;S-1-5-21-1-2-3-1001)";

  ASSERT_TRUE(run().ok());

  EXPECT_THAT(system_.changes, Contains("take over " + folder));
  EXPECT_THAT(lines(), HasSubstr("removed (A;OICI;FA;;;S-1-5-21-1-2-3-1001)"));
  EXPECT_THAT(system_.folders[folder], HasSubstr("O:SYG:SYD:PAI"));
}

TEST_F(SetupRun, SaysWhenAFoldersOwnerWasNotTaken) {
  system_.drops_owners = true;

  ASSERT_TRUE(run().ok());

  EXPECT_THAT(lines(), HasSubstr("NOT set: folder"));
  EXPECT_EQ(run(true).code, StatusCode::unimplemented);
}

TEST_F(SetupRun, RefusesAConfigurationThatSomebodyElseWrote) {
  system_.files[config] = "O:S-1-5-21-1-2-3-1001D:AI";

  const Status status = run();

  EXPECT_EQ(status.code, StatusCode::failed_precondition);
  EXPECT_THAT(status.message, HasSubstr("/setowner"));
  EXPECT_THAT(system_.held, IsEmpty());
}

TEST_F(SetupRun, LeavesAConfigurationAloneAndSaysWhoElseMayWriteIt) {
  system_.files[config] = "O:BAD:AI(A;;FA;;;BA)(A;ID;0x1301bf;;;BU)";

  ASSERT_TRUE(run().ok());

  EXPECT_THAT(system_.changes, Not(Contains("write " + config)));
  EXPECT_THAT(lines(), HasSubstr("whoever is BU may write"));
}

TEST_F(SetupRun, GrantsTheRightToLogOnOnce) {
  plan_.steps.emplace_back(LogonRightStep{R"(CONTOSO\bob)"});

  ASSERT_TRUE(run().ok());
  EXPECT_THAT(system_.changes, Contains(R"(grant CONTOSO\bob)"));
  ASSERT_TRUE(run().ok());
  EXPECT_THAT(system_.changes, IsEmpty());
}

TEST_F(SetupRun, RegistersAgainForANewPassword) {
  ASSERT_TRUE(run().ok());
  plan_.new_password = true;

  ASSERT_TRUE(run().ok());

  EXPECT_EQ(system_.changes, std::vector<std::string>{"set 0"});
}

}  // namespace
}  // namespace plugbroker::installer
