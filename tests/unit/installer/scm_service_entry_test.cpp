// SPDX-License-Identifier: Apache-2.0
#include "installer/scm_service_entry.h"

#include <gmock/gmock.h>

#include "installer/install_command.h"
#include "installer/installation.h"
#include "installer/service_settings.h"
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

  [[nodiscard]] ServiceRegistration registration(const std::wstring& command_line) const {
    return {.name = name_, .display_name = name_, .command_line = command_line, .account = L"NT SERVICE\\" + name_};
  }

  std::wstring name_ = L"PlugBrokerUnitTest" + std::to_wstring(GetCurrentProcessId());
};

TEST_F(ScmEntry, IsCreatedAndThenChangedAndReadsBackAsWritten) {
  const std::wstring first = L"\"C:\\a b\\s.exe\" run --config \"C:\\c d.json\"";
  const std::wstring second = L"\"C:\\e f\\s.exe\" run --config \"C:\\g h.json\"";

  const auto created = ScmServiceEntry::create_or_change(registration(first));
  ASSERT_TRUE(created.ok()) << created.status().message;
  EXPECT_EQ(*created->command_line(), first);
  const auto changed = ScmServiceEntry::create_or_change(registration(second));
  ASSERT_TRUE(changed.ok()) << changed.status().message;
  EXPECT_EQ(*changed->command_line(), second);
}

TEST_F(ScmEntry, IsStoppedAfterCreationAndStoppingItAgainDoesNothing) {
  const auto entry = ScmServiceEntry::create_or_change(registration(L"\"C:\\s.exe\""));
  ASSERT_TRUE(entry.ok()) << entry.status().message;

  EXPECT_EQ(entry->observe()->state, static_cast<std::uint32_t>(SERVICE_STOPPED));
  EXPECT_TRUE(entry->stop().ok());
  EXPECT_TRUE(wait_for_state(*entry, SERVICE_STOPPED).ok());
}

TEST_F(ScmEntry, TriesEverySettingAndSaysWhatBecameOfIt) {
  const auto entry = ScmServiceEntry::create_or_change(registration(L"\"C:\\s.exe\""));
  ASSERT_TRUE(entry.ok()) << entry.status().message;

  const std::vector<SettingOutcome> settings = apply_service_settings(*entry, std::chrono::seconds{90});

  ASSERT_EQ(settings.size(), 5u);
  EXPECT_EQ(settings[4].setting, "90s for a shutdown of the system");
  EXPECT_TRUE(settings[0].status.ok()) << settings[0].status.message;
}

TEST_F(ScmEntry, OfANameThatIsNotThereIsNotFound) {
  const auto entry = ScmServiceEntry::open(name_, SERVICE_QUERY_STATUS);

  ASSERT_FALSE(entry.ok());
  EXPECT_EQ(entry.status().code, StatusCode::not_found);
  EXPECT_THAT(entry.status().message, HasSubstr("is not installed"));
}

TEST_F(ScmEntry, CommandsOnAServiceThatIsNotThereSaySo) {
  const InstallCommand command{.service_name = "PlugBrokerNoSuchService"};
  const auto ignore = [](const std::string&) {};

  EXPECT_EQ(start(command, ignore).code, ExitCode::not_installed);
  EXPECT_EQ(stop(command, ignore).code, ExitCode::not_installed);
  EXPECT_EQ(show_status(command, ignore).code, ExitCode::not_installed);
  EXPECT_EQ(uninstall(command, ignore).code, ExitCode::ok);
}

}  // namespace
}  // namespace plugbroker::installer
