// SPDX-License-Identifier: Apache-2.0
#include "service/service_command.h"

#include <gmock/gmock.h>

namespace plugbroker::service {
namespace {

TEST(ServiceCommand, ReadsVerbAndOptionsInAnyOrder) {
  const auto command = parse_service_command({"run", "--service-name", "Second", "--config", "C:\\a b\\ü.json"});
  const auto turned = parse_service_command({"--config=C:\\a b\\ü.json", "--service-name=Second", "run"});

  ASSERT_TRUE(command.ok());
  EXPECT_EQ(command->verb, ServiceVerb::run);
  EXPECT_EQ(command->service_name, "Second");
  EXPECT_EQ(command->config_path, "C:\\a b\\ü.json");
  ASSERT_TRUE(turned.ok());
  EXPECT_EQ(turned->config_path, "C:\\a b\\ü.json");
}

TEST(ServiceCommand, HasDefaults) {
  const auto command = parse_service_command({"console"});

  ASSERT_TRUE(command.ok());
  EXPECT_EQ(command->verb, ServiceVerb::console);
  EXPECT_EQ(command->service_name, "PlugBroker");
  EXPECT_EQ(command->config_path, "");
}

TEST(ServiceCommand, KnowsEveryVerb) {
  EXPECT_EQ(parse_service_command({"check-config"})->verb, ServiceVerb::check_config);
  EXPECT_EQ(parse_service_command({"--help"})->verb, ServiceVerb::help);
  EXPECT_EQ(parse_service_command({"--version"})->verb, ServiceVerb::version);
}

TEST(ServiceCommand, RefusesWhatMakesNoSense) {
  EXPECT_EQ(parse_service_command({}).status().message, "a command is missing: run, console or check-config");
  EXPECT_THAT(parse_service_command({"walk"}).status().message, ::testing::HasSubstr("no command \"walk\""));
  EXPECT_EQ(parse_service_command({"run", "--colour"}).status().code, StatusCode::invalid_argument);
  EXPECT_EQ(parse_service_command({"run", "walk"}).status().code, StatusCode::invalid_argument);
  EXPECT_EQ(parse_service_command({"run", "--config"}).status().code, StatusCode::invalid_argument);
  EXPECT_EQ(parse_service_command({"run", "--service-name", ""}).status().code, StatusCode::invalid_argument);
}

TEST(ServiceCommand, ExplainsItself) {
  EXPECT_THAT(service_help(), ::testing::HasSubstr("check-config"));
  EXPECT_THAT(service_help(), ::testing::HasSubstr("--service-name"));
}

TEST(ServiceCommand, TrustsFurtherWritersBySid) {
  const auto command = parse_service_command({"run", "--trust-writer", "S-1-5-11", "--trust-writer=S-1-5-32-545"});

  ASSERT_TRUE(command.ok()) << command.status().message;
  EXPECT_THAT(command->trusted_writers, ::testing::ElementsAre("S-1-5-11", "S-1-5-32-545"));
  EXPECT_THAT(parse_service_command({"console"})->trusted_writers, ::testing::IsEmpty());
  EXPECT_THAT(parse_service_command({"run", "--trust-writer", "Everyone"}).status().message,
              ::testing::HasSubstr("--trust-writer takes a SID such as S-1-5-11, not \"Everyone\""));
}

TEST(ServiceCommand, AttachesInTheConsoleOnly) {
  const auto command = parse_service_command({"console", "--attach", "documents"});

  ASSERT_TRUE(command.ok());
  EXPECT_EQ(command->attach_pool, "documents");
  EXPECT_EQ(parse_service_command({"console"})->attach_pool, "");
  EXPECT_THAT(parse_service_command({"run", "--attach", "documents"}).status().message,
              ::testing::HasSubstr("--attach is for console"));
  EXPECT_FALSE(parse_service_command({"check-config", "--attach", "documents"}).ok());
  EXPECT_FALSE(parse_service_command({"console", "--attach", ""}).ok());
}

}  // namespace
}  // namespace plugbroker::service
