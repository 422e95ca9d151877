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
  EXPECT_THAT(parse_control_command({"call", "a", "--json"}).status().message, HasSubstr("--json is not for call"));
  EXPECT_THAT(parse_control_command({"status", "--in", "x"}).status().message, HasSubstr("are for call"));
  EXPECT_EQ(parse_control_command({"status", "--colour"}).status().code, StatusCode::invalid_argument);
}

TEST(ControlCommand, OperatesAPool) {
  for (const auto& [name, verb] :
       {std::pair{"drain", ControlVerb::drain}, std::pair{"resume", ControlVerb::resume},
        std::pair{"recycle", ControlVerb::recycle}, std::pair{"close-breaker", ControlVerb::close_breaker}}) {
    const auto command = parse_control_command({name, "documents", "--json"});

    ASSERT_TRUE(command.ok()) << name;
    EXPECT_EQ(command->verb, verb);
    EXPECT_EQ(command->pool, "documents");
    EXPECT_EQ(command->worker, 0u);
    EXPECT_EQ(command->pipe, R"(\\.\pipe\PlugBroker.Admin)");
    EXPECT_TRUE(command->json);
  }
}

TEST(ControlCommand, NamesAWorkerByItsNumber) {
  EXPECT_EQ(parse_control_command({"kill", "7"})->worker, 7u);
  EXPECT_EQ(parse_control_command({"recycle", "--worker", "8"})->worker, 8u);
}

TEST(ControlCommand, ShowsPoolsWorkersAndEvidence) {
  EXPECT_EQ(parse_control_command({"pools"})->verb, ControlVerb::pools);
  EXPECT_EQ(parse_control_command({"workers"})->pool, "");
  EXPECT_EQ(parse_control_command({"workers", "documents"})->pool, "documents");
  EXPECT_EQ(parse_control_command({"evidence"})->evidence_case, "");
  EXPECT_EQ(parse_control_command({"evidence", "20260304-documents-3"})->evidence_case, "20260304-documents-3");
}

TEST(ControlCommand, GivesAReloadMoreTime) {
  EXPECT_EQ(parse_control_command({"reload"})->deadline, 30s);
  EXPECT_EQ(parse_control_command({"reload", "--deadline", "1m"})->deadline, 60s);
}

TEST(ControlCommand, RefusesOperationsThatNameNothingOrTooMuch) {
  EXPECT_THAT(parse_control_command({"drain"}).status().message, HasSubstr("drain takes one pool"));
  EXPECT_THAT(parse_control_command({"drain", "a", "b"}).status().message, HasSubstr("\"b\""));
  EXPECT_THAT(parse_control_command({"drain", "a", "--worker", "1"}).status().message, HasSubstr("is for recycle"));
  EXPECT_THAT(parse_control_command({"kill"}).status().message, HasSubstr("number of one worker"));
  EXPECT_THAT(parse_control_command({"recycle"}).status().message, HasSubstr("one pool, or --worker"));
  EXPECT_THAT(parse_control_command({"recycle", "a", "--worker", "1"}).status().message, HasSubstr("one pool, or"));
  EXPECT_THAT(parse_control_command({"reload", "now"}).status().message, HasSubstr("\"now\""));
  for (const char* number : {"0", "x", "1x", "-1", "99999999999999999999"}) {
    EXPECT_THAT(parse_control_command({"recycle", "--worker", number}).status().message, HasSubstr("not the number"));
  }
}

TEST(ControlCommand, ExplainsEachCommand) {
  for (const ControlVerbRow& row : control_verbs) EXPECT_THAT(control_help(), HasSubstr(std::string{row.what}));
}

TEST(ControlCommand, ExplainsItself) {
  EXPECT_EQ(parse_control_command({"--help"})->verb, ControlVerb::help);
  EXPECT_EQ(parse_control_command({"--version"})->verb, ControlVerb::version);
  EXPECT_THAT(control_help(), HasSubstr("call ROUTE"));
}

}  // namespace
}  // namespace plugbroker::admin_cli
