// SPDX-License-Identifier: Apache-2.0
#include "installer/scm_service_entry.h"

#include <gmock/gmock.h>

#include <chrono>
#include <string>

#include "installer/commands.h"
#include "installer/scm_settings.h"
#include "installer/service_transition.h"

namespace plugbroker::installer {
namespace {

using ::testing::HasSubstr;

/// A service of this process's own, removed at the end. It is never started.
class ScmEntry : public ::testing::Test {
 protected:
  void TearDown() override {
    const auto entry = ScmServiceEntry::open(name_, DELETE);
    EXPECT_TRUE(!entry.ok() || entry->remove().ok());
  }

  [[nodiscard]] ServiceSettings settings(const std::string& command_line) const {
    return {.command_line = command_line,
            .display_name = "Unit test " + tag_,
            .account = "LocalSystem",
            .start = StartType::demand,
            .description = "only for a moment",
            .sid_in_token = true,
            .privileges = {"SeChangeNotifyPrivilege"},
            .failure_actions = {.reset_seconds = 60, .restart_delays_ms = {1000, 2000}},
            .failure_actions_on_error_exit = true,
            .shutdown_time = std::chrono::seconds{90}};
  }

  [[nodiscard]] Result<ScmServiceEntry> registered(const std::string& command_line) const {
    return ScmServiceEntry::create_or_change(name_, settings(command_line), std::nullopt);
  }

  // A process's number is given again at once, while a service of that name may still be going away. The display
  // name has it as well: a second service of the same display name is refused, and these cases run at once.
  std::string tag_ = std::to_string(GetCurrentProcessId()) + "-" +
                     std::to_string(std::chrono::steady_clock::now().time_since_epoch().count());
  std::wstring name_ = L"PlugBrokerUnitTest" + std::wstring(tag_.begin(), tag_.end());
};

TEST_F(ScmEntry, IsCreatedAndThenChangedAndReadsBackAsWritten) {
  for (const char* line :
       {R"("C:\a b\s.exe" run --config "C:\c d.json")", R"("C:\e f\s.exe" run --config "C:\g h.json")"}) {
    const auto entry = registered(line);
    ASSERT_TRUE(entry.ok()) << entry.status().message;
    ServiceSettings present;
    ASSERT_TRUE(entry->read_registration(present).ok());
    EXPECT_EQ(setting_text(Setting::registration, present), setting_text(Setting::registration, settings(line)));
  }
}

TEST_F(ScmEntry, IsStoppedAfterCreationAndStoppingItAgainDoesNothing) {
  const auto entry = registered("\"C:\\s.exe\"");
  ASSERT_TRUE(entry.ok()) << entry.status().message;

  EXPECT_EQ(entry->observe()->state, static_cast<std::uint32_t>(SERVICE_STOPPED));
  EXPECT_TRUE(stop_and_wait(*entry).ok());
  EXPECT_TRUE(stop_and_wait(*entry).ok());
}

TEST_F(ScmEntry, IsRefusedTheDisplayNameOfAnotherService) {
  const auto entry = registered("\"C:\\s.exe\"");
  ASSERT_TRUE(entry.ok()) << entry.status().message;

  const auto second =
      ScmServiceEntry::create_or_change(name_ + L"-second", settings("\"C:\\s.exe\""), std::nullopt);

  ASSERT_FALSE(second.ok());
  EXPECT_THAT(second.status().message, HasSubstr("choose another one by --display-name"));
}

// What a system lacks, such as Wine, it says; what it has reads back as it was set.
TEST_F(ScmEntry, TakesEverySettingOrSaysThatTheSystemDoesNotHaveIt) {
  const auto entry = registered("\"C:\\s.exe\"");
  ASSERT_TRUE(entry.ok()) << entry.status().message;
  const ServiceSettings wanted = settings("\"C:\\s.exe\"");

  for (const Setting setting : all_settings) {
    if (setting == Setting::registration) continue;
    const std::string title = setting_title(setting, wanted);
    const Status written = write_setting(*entry, setting, wanted);
    ASSERT_TRUE(written.ok() || written.code == StatusCode::unimplemented) << title << ": " << written.message;
    ServiceSettings present;
    const Status read = read_setting(*entry, setting, present);
    ASSERT_TRUE(read.ok() || read.code == StatusCode::unimplemented) << title << ": " << read.message;
    if (written.ok() && read.ok()) {
      EXPECT_EQ(setting_text(setting, present), setting_text(setting, wanted)) << title;
    }
  }
}

TEST_F(ScmEntry, SetsADescriptionAndATimeForShutdownsOnEverySystem) {
  const auto entry = registered("\"C:\\s.exe\"");
  ASSERT_TRUE(entry.ok()) << entry.status().message;
  const ServiceSettings wanted = settings("\"C:\\s.exe\"");

  EXPECT_TRUE(write_setting(*entry, Setting::description, wanted).ok());
  EXPECT_TRUE(write_setting(*entry, Setting::failure_actions, wanted).ok());
  EXPECT_TRUE(write_setting(*entry, Setting::shutdown_time, wanted).ok());
}

TEST_F(ScmEntry, OfANameThatIsNotThereIsNotFound) {
  const auto entry = ScmServiceEntry::open(name_, SERVICE_QUERY_STATUS);

  ASSERT_FALSE(entry.ok());
  EXPECT_EQ(entry.status().code, StatusCode::not_found);
  EXPECT_THAT(entry.status().message, HasSubstr("is not installed"));
}

TEST_F(ScmEntry, WhoseProgramIsMissingSaysSoWhenItIsStarted) {
  const auto entry = registered("\"C:\\no such folder\\s.exe\"");
  ASSERT_TRUE(entry.ok()) << entry.status().message;

  const Status status = entry->start();

  EXPECT_FALSE(status.ok());
  EXPECT_NE(status.code, StatusCode::not_found) << status.message;
}

TEST_F(ScmEntry, OfAnotherServiceOfTheSameProgramIsFound) {
  const auto entry = registered("\"C:\\a b\\plugbroker-unit-test.exe\" run");
  ASSERT_TRUE(entry.ok()) << entry.status().message;

  const auto others = other_services_of(L"plugbroker-unit-test.exe", L"PlugBroker");
  const auto itself = other_services_of(L"plugbroker-unit-test.exe", name_);

  ASSERT_TRUE(others.ok()) << others.status().message;
  EXPECT_EQ(others->size(), 1u);
  EXPECT_TRUE(itself->empty());
}

TEST_F(ScmEntry, CommandsOnAServiceThatIsNotThereSaySo) {
  const InstallCommand command{.verb = InstallVerb::start, .service_name = "PlugBrokerNoSuchService"};
  CommandReport report;

  EXPECT_EQ(start(command, report).code, ExitCode::not_installed);
  EXPECT_EQ(stop(command, report).code, ExitCode::not_installed);
  EXPECT_EQ(restart(command, report).code, ExitCode::not_installed);
  EXPECT_EQ(show_status(command, report).code, ExitCode::not_installed);
  EXPECT_EQ(upgrade(command, report).code, ExitCode::not_installed);
  EXPECT_EQ(doctor(command, report).code, ExitCode::not_installed);
  EXPECT_EQ(uninstall(command, report).code, ExitCode::ok);
}

}  // namespace
}  // namespace plugbroker::installer
