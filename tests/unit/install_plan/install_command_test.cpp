// SPDX-License-Identifier: Apache-2.0
#include "installer/plan/install_command.h"

#include <gmock/gmock.h>

namespace plugbroker::installer {
namespace {

using ::testing::HasSubstr;

std::string problem_of(const std::vector<std::string>& arguments) {
  const auto command = parse_install_command(arguments);
  return command.ok() ? "" : command.status().message;
}

TEST(InstallCommand, HasDefaults) {
  const auto command = parse_install_command({"install"});

  ASSERT_TRUE(command.ok()) << command.status().message;
  EXPECT_EQ(command->verb, InstallVerb::install);
  EXPECT_EQ(command->service_name, "PlugBroker");
  EXPECT_EQ(command->config_path + command->display_name + command->account + command->start + command->from, "");
  EXPECT_FALSE(command->strict || command->json || command->dry_run || command->purge || command->password_from_input);
}

TEST(InstallCommand, ReadsEveryOptionOfInstall) {
  const auto command = parse_install_command({"install", "--service-name", "N", "--config", R"(C:\a b\c.json)",
                                              "--display-name=D d", "--account", R"(DOMAIN\bob)", "--password-stdin",
                                              "--start", "delayed", "--strict", "--json", "--dry-run"});

  ASSERT_TRUE(command.ok()) << command.status().message;
  EXPECT_EQ(command->service_name, "N");
  EXPECT_EQ(command->config_path, R"(C:\a b\c.json)");
  EXPECT_EQ(command->display_name, "D d");
  EXPECT_EQ(command->account, R"(DOMAIN\bob)");
  EXPECT_EQ(command->start, "delayed");
  EXPECT_TRUE(command->strict && command->json && command->dry_run && command->password_from_input);
}

TEST(InstallCommand, ReadsTheOptionsOfUpgradeDoctorAndUninstall) {
  const auto upgrade = parse_install_command({"upgrade", "--from", R"(D:\new)", "--ready-timeout", "90"});
  const auto doctor = parse_install_command({"doctor", "--trusted-owner", "current_user"});
  const auto uninstall = parse_install_command({"uninstall", "--purge"});

  ASSERT_TRUE(upgrade.ok()) << upgrade.status().message;
  EXPECT_EQ(upgrade->from, R"(D:\new)");
  EXPECT_EQ(upgrade->ready_timeout, std::chrono::seconds{90});
  ASSERT_TRUE(doctor.ok());
  EXPECT_EQ(doctor->trusted_owner, "current_user");
  ASSERT_TRUE(uninstall.ok());
  EXPECT_TRUE(uninstall->purge);
}

TEST(InstallCommand, KnowsEveryVerb) {
  for (const char* verb :
       {"install", "upgrade", "configure", "uninstall", "start", "stop", "restart", "status", "doctor"}) {
    const auto command = parse_install_command({verb});
    ASSERT_TRUE(command.ok()) << verb;
    EXPECT_EQ(verb_name(command->verb), verb);
    EXPECT_THAT(install_help(), HasSubstr(std::string{"\n  "} + verb + " "));
  }
  EXPECT_EQ(parse_install_command({"--help"})->verb, InstallVerb::help);
  EXPECT_EQ(parse_install_command({"--version"})->verb, InstallVerb::version);
}

TEST(InstallCommand, RefusesAnOptionOfAnotherVerb) {
  EXPECT_THAT(problem_of({"stop", "--account", "x"}), HasSubstr("--account is for install and configure"));
  EXPECT_THAT(problem_of({"install", "--from", "x"}), HasSubstr("--from is for upgrade"));
  EXPECT_THAT(problem_of({"install", "--purge"}), HasSubstr("--purge is for uninstall"));
  EXPECT_THAT(problem_of({"start", "--trusted-owner", "x"}), HasSubstr("--trusted-owner is for upgrade and doctor"));
}

TEST(InstallCommand, TakesAPasswordFromStandardInputOnlyAndOnlyForAUser) {
  EXPECT_NE(problem_of({"install", "--password", "x"}), "");
  EXPECT_THAT(problem_of({"install", "--password-stdin"}), HasSubstr("for an --account"));
  EXPECT_THAT(problem_of({"install", "--password-stdin", "--account", "LocalSystem"}), HasSubstr("needs no password"));
}

TEST(InstallCommand, RefusesWhatMakesNoSense) {
  EXPECT_THAT(problem_of({}), HasSubstr("a command is missing"));
  EXPECT_THAT(problem_of({"update"}), HasSubstr("no command \"update\""));
  EXPECT_THAT(problem_of({"install", "--start", "boot"}), HasSubstr("--start"));
  EXPECT_THAT(problem_of({"upgrade", "--ready-timeout", "0"}), HasSubstr("--ready-timeout"));
  EXPECT_THAT(problem_of({"upgrade", "--ready-timeout", "1m"}), HasSubstr("--ready-timeout"));
  EXPECT_NE(problem_of({"install", "--service-name", "a\nb"}), "");
  EXPECT_NE(problem_of({"install", "--service-name", "D\xC3\xBCse"}), "");
  EXPECT_THAT(problem_of({"install", "--service-name", "a/b"}), HasSubstr("--service-name"));
  EXPECT_THAT(problem_of({"install", "--config", "a\"b"}), HasSubstr("quotation mark"));
  EXPECT_THAT(problem_of({"install", "--account", "a\"b"}), HasSubstr("--account"));
  EXPECT_NE(problem_of({"install", "--colour"}), "");
}

}  // namespace
}  // namespace plugbroker::installer
