// SPDX-License-Identifier: Apache-2.0
// That these lines do what they say when cmd.exe runs them is tested in tests/integration/setup_test.cpp.
#include "installer/plan/command_script.h"

#include <gmock/gmock.h>

namespace plugbroker::installer {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

SetupPlan plan_of(InstallCommand command, std::optional<ServiceSettings> registered = std::nullopt) {
  command.service_name = "PlugBroker";
  const SetupFacts facts{.own_program = R"(C:\Program Files\P\plugbroker-service.exe)",
                         .data_folder = R"(C:\ProgramData\PlugBroker)",
                         .default_config = R"(C:\ProgramData\PlugBroker\plugbroker.json)",
                         .default_service_name = "PlugBroker",
                         .service_sid = "S-1-5-80-1",
                         .description = "Lets \"plugins\" call",
                         .event_message_file = "events.dll",
                         .event_categories = 4,
                         .registered = std::move(registered),
                         .registered_program_exists = true};
  return make_setup_plan(command, facts, *choose_registration(command, facts), std::chrono::seconds{60});
}

TEST(ScriptWord, IsOneArgumentForTheProgramAndNothingForCmd) {
  EXPECT_EQ(script_word("plain"), "\"plain\"");
  EXPECT_EQ(script_word(R"(C:\a b\)"), R"("C:\a b\\")");
  EXPECT_EQ(script_word("100%"), "\"100%%\"");
  EXPECT_EQ(script_word("a & b"), "\"a & b\"");
  // Behind an escaped quotation mark cmd.exe reads outside of quotation marks.
  EXPECT_EQ(script_word("\"a & b\" c & d"), R"("\"a ^& b\" c & d")");
}

TEST(SetupScript, IsWhatTheDocumentSaysToTypeByHand) {
  const std::vector<std::string> lines = setup_script(plan_of({.verb = InstallVerb::install}));

  EXPECT_THAT(lines, Contains(R"(if not exist "C:\ProgramData\PlugBroker\" mkdir "C:\ProgramData\PlugBroker")"));
  EXPECT_THAT(lines, Contains(R"(icacls "C:\ProgramData\PlugBroker" /setowner "*S-1-5-18")"));
  EXPECT_THAT(lines, Contains(R"x(icacls "C:\ProgramData\PlugBroker\logs" /inheritance:r /grant:r )x"
                              R"x("*S-1-5-18:(OI)(CI)F" "*S-1-5-32-544:(OI)(CI)F" "*S-1-5-80-1:(OI)(CI)M")x"));
  EXPECT_THAT(lines,
              Contains(R"(sc create "PlugBroker" binPath= "\"C:\Program Files\P\plugbroker-service.exe\" run --config )"
                       R"(\"C:\ProgramData\PlugBroker\plugbroker.json\"" start= auto DisplayName= "PlugBroker" )"
                       R"(obj= "NT SERVICE\PlugBroker")"));
  EXPECT_THAT(lines, Contains(R"(sc description "PlugBroker" "Lets \"plugins\" call")"));
  EXPECT_THAT(lines, Contains(R"(sc sidtype "PlugBroker" unrestricted)"));
  EXPECT_THAT(lines, Contains(R"(sc privs "PlugBroker" SeChangeNotifyPrivilege)"));
  EXPECT_THAT(lines,
              Contains(R"(sc failure "PlugBroker" reset= 86400 actions= restart/5000/restart/30000/restart/60000)"));
  EXPECT_THAT(lines, Contains(R"(sc failureflag "PlugBroker" 1)"));
  EXPECT_THAT(lines, Contains(HasSubstr("PreshutdownTimeout /t REG_DWORD /d 60000")));
  EXPECT_THAT(lines, Contains(R"(reg add "HKLM\SYSTEM\CurrentControlSet\Services\EventLog\Application\PlugBroker" /v )"
                              R"(EventMessageFile /t REG_EXPAND_SZ /d "C:\Program Files\P\events.dll" /f)"));
  EXPECT_THAT(lines, Contains(HasSubstr("CategoryCount /t REG_DWORD /d 4 /f")));
}

TEST(SetupScript, ChangesAServiceThatIsThere) {
  const ServiceSettings present{.command_line = R"("C:\plugbroker-service.exe" run)",
                                .display_name = "D",
                                .account = "LocalSystem",
                                .start = StartType::delayed};
  const std::vector<std::string> lines = setup_script(plan_of({.verb = InstallVerb::configure}, present));

  EXPECT_THAT(lines, Contains(HasSubstr(R"(sc config "PlugBroker" binPath=)")));
  EXPECT_THAT(lines, Contains(R"(sc config "PlugBroker" start= delayed-auto)"));
}

TEST(SetupScript, LeavesAPasswordToAVariableAndPrintsNone) {
  const std::vector<std::string> lines =
      setup_script(plan_of({.verb = InstallVerb::install, .account = R"(CONTOSO\bob)", .password_from_input = true}));

  EXPECT_THAT(lines, Contains(HasSubstr(R"(password= "%PLUGBROKER_PASSWORD%")")));
  EXPECT_THAT(lines, Contains(HasSubstr("rem no command for it: give \"CONTOSO\\bob\"")));
}

TEST(OtherScripts, AreThoseOfTheirCommands) {
  EXPECT_EQ(start_script("P"), std::vector<std::string>{"sc start \"P\""});
  EXPECT_EQ(stop_script("P"), std::vector<std::string>{"sc stop \"P\""});
  EXPECT_EQ(status_script("P"), std::vector<std::string>{"sc queryex \"P\""});
  EXPECT_THAT(uninstall_script("P", ""),
              Contains(R"(reg delete "HKLM\SYSTEM\CurrentControlSet\Services\EventLog\Application\P" /f)"));
  EXPECT_THAT(uninstall_script("P", "C:\\D"), Contains("rmdir /s /q \"C:\\D\""));
  EXPECT_THAT(upgrade_script("P", "C:\\n", "C:\\i"), Contains("robocopy \"C:\\n\" \"C:\\i\" /e"));
  EXPECT_THAT(doctor_script("P", "C:\\s.exe", "C:\\c.json", "C:\\D"), Contains("sc qprivs \"P\""));
}

}  // namespace
}  // namespace plugbroker::installer
