// SPDX-License-Identifier: Apache-2.0
#include "installer/install_command.h"

#include <gmock/gmock.h>

namespace plugbroker::installer {
namespace {

using ::testing::HasSubstr;

TEST(InstallCommand, HasDefaults) {
  const auto command = parse_install_command({"install"});

  ASSERT_TRUE(command.ok());
  EXPECT_EQ(command->verb, InstallVerb::install);
  EXPECT_EQ(command->service_name, "PlugBroker");
  EXPECT_EQ(command->config_path + command->display_name + command->account, "");
}

TEST(InstallCommand, ReadsEveryOption) {
  const auto command = parse_install_command({"install", "--service-name", "N", "--config", R"(C:\a b\c.json)",
                                              "--display-name=D d", "--account", "LocalSystem"});

  ASSERT_TRUE(command.ok());
  EXPECT_EQ(command->service_name, "N");
  EXPECT_EQ(command->config_path, R"(C:\a b\c.json)");
  EXPECT_EQ(command->display_name, "D d");
  EXPECT_EQ(command->account, "LocalSystem");
}

TEST(InstallCommand, TakesAccountsThatNeedNoPassword) {
  for (const char* account : {"LocalSystem", R"(.\LocalSystem)", R"(nt authority\LocalService)", R"(NT SERVICE\Other)",
                              R"(CONTOSO\managed$)"}) {
    EXPECT_TRUE(parse_install_command({"install", "--account", account}).ok()) << account;
  }
}

TEST(InstallCommand, RefusesAnAccountThatNeedsAPasswordAndSaysHowToGetThere) {
  const auto command = parse_install_command({"install", "--account", R"(DOMAIN\bob)"});

  EXPECT_EQ(command.status().code, StatusCode::invalid_argument);
  EXPECT_THAT(command.status().message, HasSubstr(R"(sc config PlugBroker obj= DOMAIN\bob password=)"));
}

TEST(InstallCommand, KnowsEveryVerb) {
  EXPECT_EQ(parse_install_command({"uninstall"})->verb, InstallVerb::uninstall);
  EXPECT_EQ(parse_install_command({"start"})->verb, InstallVerb::start);
  EXPECT_EQ(parse_install_command({"stop"})->verb, InstallVerb::stop);
  EXPECT_EQ(parse_install_command({"status"})->verb, InstallVerb::status);
  EXPECT_EQ(parse_install_command({"--help"})->verb, InstallVerb::help);
  EXPECT_EQ(parse_install_command({"--version"})->verb, InstallVerb::version);
}

TEST(InstallCommand, RefusesWhatMakesNoSense) {
  EXPECT_THAT(parse_install_command({}).status().message, HasSubstr("a command is missing"));
  EXPECT_THAT(parse_install_command({"upgrade"}).status().message, HasSubstr("no command \"upgrade\""));
  EXPECT_THAT(parse_install_command({"stop", "--account", "x"}).status().message, HasSubstr("are for install"));
  EXPECT_FALSE(parse_install_command({"install", "--service-name", "a\nb"}).ok());
  EXPECT_FALSE(parse_install_command({"install", "--service-name", "D\xC3\xBCse"}).ok());
  EXPECT_THAT(parse_install_command({"install", "--service-name", "a/b"}).status().message,
              HasSubstr("--service-name"));
  EXPECT_THAT(parse_install_command({"install", "--config", "a\"b"}).status().message, HasSubstr("quotation mark"));
  EXPECT_EQ(parse_install_command({"install", "--colour"}).status().code, StatusCode::invalid_argument);
}

TEST(InstallCommand, ExplainsItself) {
  EXPECT_THAT(install_help(), HasSubstr("uninstall"));
}

}  // namespace
}  // namespace plugbroker::installer
