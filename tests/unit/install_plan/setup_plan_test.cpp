// SPDX-License-Identifier: Apache-2.0
#include "installer/plan/setup_plan.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace plugbroker::installer {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;

SetupFacts facts() {
  return {.own_program = R"(C:\P\bin\plugbroker-service.exe)",
          .data_folder = R"(C:\ProgramData\PlugBroker)",
          .default_config = R"(C:\ProgramData\PlugBroker\plugbroker.json)",
          .default_service_name = "PlugBroker",
          .service_sid = "S-1-5-80-1",
          .description = "d",
          .event_message_file = "events.dll",
          .event_categories = 4,
          .registered = std::nullopt,
          .registered_program_exists = false};
}

SetupFacts facts_of(const std::string& command_line) {
  SetupFacts known = facts();
  known.registered = ServiceSettings{
      .command_line = command_line, .display_name = "Shown", .account = R"(CONTOSO\bob)", .start = StartType::delayed};
  known.registered_program_exists = true;
  return known;
}

InstallCommand command_of(InstallVerb verb) {
  return {.verb = verb, .service_name = "PlugBroker"};
}

bool has_setting(const SetupPlan& plan, Setting setting) {
  return std::ranges::any_of(plan.steps, [&](const Step& step) {
    const auto* one = std::get_if<SettingStep>(&step);
    return one != nullptr && one->setting == setting;
  });
}

TEST(ChooseRegistration, OfANewServiceHasTheDefaults) {
  const auto chosen = choose_registration(command_of(InstallVerb::install), facts());

  ASSERT_TRUE(chosen.ok()) << chosen.status().message;
  EXPECT_EQ(chosen->account, R"(NT SERVICE\PlugBroker)");
  EXPECT_EQ(chosen->display_name, "PlugBroker");
  EXPECT_EQ(chosen->start, StartType::automatic);
  EXPECT_EQ(chosen->command_line,
            R"("C:\P\bin\plugbroker-service.exe" run --config "C:\ProgramData\PlugBroker\plugbroker.json")");
}

TEST(ChooseRegistration, KeepsWhatTheServiceHasAndNobodyNamed) {
  const auto chosen = choose_registration(command_of(InstallVerb::install),
                                          facts_of(R"("C:\old\plugbroker-service.exe" run --config "D:\c.json")"));

  ASSERT_TRUE(chosen.ok()) << chosen.status().message;
  EXPECT_EQ(chosen->account, R"(CONTOSO\bob)");
  EXPECT_EQ(chosen->display_name, "Shown");
  EXPECT_EQ(chosen->start, StartType::delayed);
  EXPECT_EQ(chosen->command_line, R"("C:\P\bin\plugbroker-service.exe" run --config "D:\c.json")");
}

TEST(ChooseRegistration, KeepsWhoMayWriteTheConfigurationUnlessTheCommandNamesOthers) {
  const SetupFacts present =
      facts_of(R"("C:\old\plugbroker-service.exe" run --trust-writer S-1-5-11 --trust-writer=S-1-1-0)");
  InstallCommand command = command_of(InstallVerb::install);
  EXPECT_THAT(choose_registration(command, present)->command_line,
              EndsWith(" --trust-writer S-1-5-11 --trust-writer S-1-1-0"));

  command.trusted_writers = {"S-1-5-32-545"};
  const auto chosen = choose_registration(command, present);

  EXPECT_THAT(chosen->command_line, EndsWith(".json\" --trust-writer S-1-5-32-545"));
  EXPECT_THAT(trusted_writers_of(*chosen), ElementsAre("S-1-5-32-545"));
}

TEST(ChooseRegistration, NamesAServiceThatIsShownByNoName) {
  SetupFacts present = facts_of(R"("C:\old\plugbroker-service.exe" run)");
  present.registered->display_name.clear();

  EXPECT_EQ(choose_registration(command_of(InstallVerb::configure), present)->display_name, "PlugBroker");
}

TEST(ChooseRegistration, TakesWhatTheCommandNames) {
  InstallCommand command = command_of(InstallVerb::install);
  command.config_path = R"(E:\new.json)";
  command.display_name = "Other";
  command.account = "LocalSystem";
  command.start = "demand";

  const auto chosen = choose_registration(command, facts_of(R"("C:\old\plugbroker-service.exe" run)"));

  ASSERT_TRUE(chosen.ok()) << chosen.status().message;
  EXPECT_THAT(chosen->command_line, HasSubstr(R"(E:\new.json)"));
  EXPECT_EQ(chosen->display_name, "Other");
  EXPECT_EQ(chosen->account, "LocalSystem");
  EXPECT_EQ(chosen->start, StartType::demand);
}

TEST(ChooseRegistration, OfConfigureKeepsTheProgramAndPutsItInQuotationMarks) {
  const auto chosen =
      choose_registration(command_of(InstallVerb::configure),
                          facts_of(R"(C:\Program Files\PB\plugbroker-service.exe run --config D:\c.json)"));

  ASSERT_TRUE(chosen.ok()) << chosen.status().message;
  EXPECT_EQ(chosen->command_line, R"("C:\Program Files\PB\plugbroker-service.exe" run --config "D:\c.json")");
}

TEST(ChooseRegistration, OfConfigureNamesItsOwnProgramWhenTheServicesIsGoneOrAnothers) {
  SetupFacts gone = facts_of(R"("C:\gone\plugbroker-service.exe" run)");
  gone.registered_program_exists = false;

  EXPECT_THAT(choose_registration(command_of(InstallVerb::configure), gone)->command_line, HasSubstr(R"(C:\P\bin)"));
  EXPECT_THAT(
      choose_registration(command_of(InstallVerb::configure), facts_of(R"("C:\x\svchost.exe" run)"))->command_line,
      HasSubstr(R"(C:\P\bin)"));
}

TEST(ChooseRegistration, OfConfigureNeedsAService) {
  EXPECT_EQ(choose_registration(command_of(InstallVerb::configure), facts()).status().code, StatusCode::not_found);
}

TEST(ChooseRegistration, AsksForThePasswordOfAnAccountThatTheServiceDoesNotHaveYet) {
  InstallCommand command = command_of(InstallVerb::install);
  command.account = R"(CONTOSO\eve)";
  EXPECT_EQ(choose_registration(command, facts()).status().code, StatusCode::failed_precondition);
  EXPECT_THAT(choose_registration(command, facts()).status().message, HasSubstr("--password-stdin"));

  command.password_from_input = true;
  EXPECT_TRUE(choose_registration(command, facts()).ok());
  command.password_from_input = false;
  command.account = R"(contoso\BOB)";
  EXPECT_TRUE(choose_registration(command, facts_of(R"("C:\plugbroker-service.exe" run)")).ok());
}

TEST(ChooseRegistration, RefusesAPathThatWindowsWouldTakeForAVariable) {
  InstallCommand command = command_of(InstallVerb::install);
  command.config_path = R"(C:\%TEMP%\c.json)";

  EXPECT_EQ(choose_registration(command, facts()).status().code, StatusCode::invalid_argument);
}

TEST(SetupPlan, SeesToFoldersAndConfigurationBeforeTheService) {
  const InstallCommand command = command_of(InstallVerb::install);
  const SetupPlan plan =
      make_setup_plan(command, facts(), *choose_registration(command, facts()), std::chrono::seconds{90});

  ASSERT_GE(plan.steps.size(), 8u);
  EXPECT_EQ(std::get<FolderStep>(plan.steps[0]).path, R"(C:\ProgramData\PlugBroker)");
  EXPECT_EQ(sddl_of(std::get<FolderStep>(plan.steps[0]).access),
            "O:SYG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;S-1-5-80-1)");
  for (std::size_t i = 1; i <= 5; ++i) {
    EXPECT_THAT(sddl_of(std::get<FolderStep>(plan.steps[i]).access), HasSubstr("0x1301bf;;;S-1-5-80-1")) << i;
  }
  EXPECT_TRUE(std::holds_alternative<ConfigStep>(plan.steps[6]));
  EXPECT_EQ(std::get<SettingStep>(plan.steps[7]).setting, Setting::registration);
  EXPECT_EQ(std::get<EventSourceStep>(plan.steps.back()).message_file, R"(C:\P\bin\events.dll)");
}

TEST(SetupPlan, HasEverySettingAndTheDelayOnlyWhereItMatters) {
  const InstallCommand command = command_of(InstallVerb::install);
  SetupPlan plan = make_setup_plan(command, facts(), *choose_registration(command, facts()), std::chrono::seconds{90});

  for (const Setting setting : all_settings) {
    EXPECT_EQ(has_setting(plan, setting), setting != Setting::delayed_start) << static_cast<int>(setting);
  }
  EXPECT_EQ(plan.settings.privileges, std::vector<std::string>{"SeChangeNotifyPrivilege"});
  EXPECT_TRUE(plan.settings.failure_actions_on_error_exit);
  EXPECT_TRUE(plan.settings.sid_in_token);
  EXPECT_EQ(plan.settings.shutdown_time, std::chrono::seconds{90});

  const SetupFacts delayed = facts_of(R"("C:\plugbroker-service.exe" run)");
  plan = make_setup_plan(command, delayed, *choose_registration(command, delayed), std::chrono::seconds{90});
  EXPECT_TRUE(has_setting(plan, Setting::delayed_start));
}

TEST(SetupPlan, GrantsTheRightToLogOnToAnAccountThatNeedsIt) {
  const InstallCommand command = command_of(InstallVerb::install);
  const SetupFacts known = facts_of(R"("C:\plugbroker-service.exe" run)");
  const SetupPlan plan =
      make_setup_plan(command, known, *choose_registration(command, known), std::chrono::seconds{90});

  EXPECT_TRUE(std::ranges::any_of(plan.steps, [](const Step& s) { return std::holds_alternative<LogonRightStep>(s); }));
}

}  // namespace
}  // namespace plugbroker::installer
