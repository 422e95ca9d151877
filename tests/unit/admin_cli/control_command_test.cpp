// SPDX-License-Identifier: Apache-2.0
#include "admin_cli/control_command.h"

#include <gmock/gmock.h>

namespace plugbroker::admin_cli {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

TEST(ControlCommand, StatusGoesToTheAdminPipe) {
  const auto command = parse_control_command({"status"});

  ASSERT_TRUE(command.ok());
  EXPECT_EQ(command->verb, ControlVerb::status);
  EXPECT_EQ(command->pipe, R"(\\.\pipe\PlugBroker.Admin)");
  EXPECT_EQ(command->deadline, 5s);
  EXPECT_FALSE(command->json);
}

TEST(ControlCommand, StatusTakesItsPipeByEitherOption) {
  EXPECT_EQ(parse_control_command({"status", "--pipe", R"(\\.\pipe\a)"})->pipe, R"(\\.\pipe\a)");
  EXPECT_EQ(parse_control_command({"status", "--admin-pipe", R"(\\.\pipe\b)", "--pipe", R"(\\.\pipe\a)"})->pipe,
            R"(\\.\pipe\b)");
}

TEST(ControlCommand, CallHasARouteAndTheLibrarysDefaults) {
  const auto command = parse_control_command({"call", "text.stats"});

  ASSERT_TRUE(command.ok());
  EXPECT_EQ(command->verb, ControlVerb::call);
  EXPECT_EQ(command->route, "text.stats");
  EXPECT_EQ(command->pipe, "");
  EXPECT_EQ(command->deadline, 30s);
}

TEST(ControlCommand, CallTakesFilesDeadlineAndOwners) {
  const auto command =
      parse_control_command({"call", "r", "--in", "a b", "--out=ü", "--deadline", "250ms", "--pipe", R"(\\.\pipe\a)",
                             "--trusted-owner", "S-1-5-18", "--trusted-owner", "current_user", "--service-name", "N"});

  ASSERT_TRUE(command.ok());
  EXPECT_EQ(command->input_file, "a b");
  EXPECT_EQ(command->output_file, "ü");
  EXPECT_EQ(command->deadline, 250ms);
  EXPECT_EQ(command->pipe, R"(\\.\pipe\a)");
  EXPECT_EQ(command->trusted_owners, "S-1-5-18;current_user");
  EXPECT_EQ(command->service_name, "N");
}

TEST(ControlCommand, RefusesDeadlinesThatTheWireCannotCarry) {
  for (const char* text : {"0s", "0ms", "25h", "2", "soon", "-1s"}) {
    const auto command = parse_control_command({"call", "r", std::string{"--deadline="} + text});
    EXPECT_THAT(command.status().message, HasSubstr("1ms to 24h")) << text;
  }
}

TEST(ControlCommand, RefusesWhatMakesNoSense) {
  EXPECT_THAT(parse_control_command({}).status().message, HasSubstr("a command is missing"));
  EXPECT_THAT(parse_control_command({"stop"}).status().message, HasSubstr("no command \"stop\""));
  EXPECT_THAT(parse_control_command({"call"}).status().message, HasSubstr("one route"));
  EXPECT_THAT(parse_control_command({"call", "a", "b"}).status().message, HasSubstr("one route"));
  EXPECT_THAT(parse_control_command({"status", "a"}).status().message, HasSubstr("\"a\""));
  EXPECT_THAT(parse_control_command({"call", "a", "--json"}).status().message, HasSubstr("--json is for status"));
  EXPECT_THAT(parse_control_command({"status", "--in", "x"}).status().message, HasSubstr("are for call"));
  EXPECT_EQ(parse_control_command({"status", "--colour"}).status().code, StatusCode::invalid_argument);
}

TEST(ControlCommand, ExplainsItself) {
  EXPECT_EQ(parse_control_command({"--help"})->verb, ControlVerb::help);
  EXPECT_EQ(parse_control_command({"--version"})->verb, ControlVerb::version);
  EXPECT_THAT(control_help(), HasSubstr("call ROUTE"));
}

}  // namespace
}  // namespace plugbroker::admin_cli
