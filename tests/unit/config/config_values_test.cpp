// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "broker_core/base/limits.h"
#include "tests/unit/config/config_outcome.h"

namespace plugbroker::config {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

TEST(ConfigValues, FillsInTheDefaultsOfEverythingThatIsAbsent) {
  const ConfigOutcome outcome = read(with_top_keys(""));

  ASSERT_THAT(outcome.problems, ElementsAre());
  const BrokerConfig& config = *outcome.config;
  EXPECT_EQ(config.pipe, R"(\\.\pipe\PlugBroker)");
  EXPECT_EQ(config.admin_pipe, R"(\\.\pipe\PlugBroker.Admin)");
  EXPECT_EQ(config.stop_grace, 20s);
  EXPECT_EQ(config.log.folder, "");
  EXPECT_EQ(config.log.level, LogLevel::information);
  EXPECT_EQ(config.log.max_file_bytes, 10u * 1024 * 1024);
  EXPECT_EQ(config.log.max_files, 10u);
  EXPECT_EQ(config.limits.max_payload_bytes, 64u * 1024 * 1024);
  EXPECT_EQ(config.limits.max_sessions, 16384u);
  EXPECT_EQ(config.limits.max_streams_per_session, 256u);
  EXPECT_EQ(config.limits.hello_timeout, 2s);
}

TEST(ConfigValues, TakesWhatTheFileSays) {
  const ConfigOutcome outcome = read(with_top_keys(
      R"("pipe":"\\\\.\\pipe\\A","admin_pipe":"\\\\.\\pipe\\B","stop_grace":"1m",
         "log":{"folder":"D:\\L","level":"debug","max_file_bytes":4096,"max_files":2},
         "limits":{"max_payload_bytes":1,"max_sessions":2,"max_streams_per_session":3,"hello_timeout":"500ms"},)"));

  ASSERT_THAT(outcome.problems, ElementsAre());
  const BrokerConfig& config = *outcome.config;
  EXPECT_EQ(config.pipe, R"(\\.\pipe\A)");
  EXPECT_EQ(config.admin_pipe, R"(\\.\pipe\B)");
  EXPECT_EQ(config.stop_grace, 1min);
  EXPECT_EQ(config.log.folder, R"(D:\L)");
  EXPECT_EQ(config.log.level, LogLevel::debug);
  EXPECT_EQ(config.log.max_file_bytes, 4096u);
  EXPECT_EQ(config.log.max_files, 2u);
  EXPECT_EQ(config.limits.max_payload_bytes, 1u);
  EXPECT_EQ(config.limits.max_sessions, 2u);
  EXPECT_EQ(config.limits.max_streams_per_session, 3u);
  EXPECT_EQ(config.limits.hello_timeout, 500ms);
}

TEST(ConfigValues, NamesTheRangeOfANumberOutsideIt) {
  EXPECT_THAT(read(with_top_keys(R"("limits":{"max_sessions":0},)")).problems,
              ElementsAre("/limits/max_sessions: 0 is outside 1..65536"));
  EXPECT_THAT(read(with_top_keys(R"("limits":{"max_sessions":-3},)")).problems,
              ElementsAre("/limits/max_sessions: -3 is outside 1..65536"));
  EXPECT_THAT(read(with_top_keys(R"("limits":{"max_sessions":18446744073709551615},)")).problems,
              ElementsAre("/limits/max_sessions: 18446744073709551615 is outside 1..65536"));
}

TEST(ConfigValues, NamesTheRangeOfADurationOutsideIt) {
  EXPECT_THAT(read(with_top_keys(R"("limits":{"hello_timeout":"0s"},)")).problems,
              ElementsAre("/limits/hello_timeout: 0s is outside 100ms..1m"));
}

TEST(ConfigValues, RefusesTheWrongType) {
  EXPECT_THAT(read(with_top_keys(R"("limits":{"max_sessions":"5"},)")).problems,
              ElementsAre("/limits/max_sessions: expects a whole number, found a text"));
  EXPECT_THAT(read(with_top_keys(R"("limits":{"max_sessions":1.5},)")).problems,
              ElementsAre("/limits/max_sessions: expects a whole number, found the number 1.5E0"));
  EXPECT_THAT(
      read(with_top_keys(R"("stop_grace":20,)")).problems,
      ElementsAre(R"(/stop_grace: expects a duration such as "250ms", "2s", "5m" or "1h", found the number 20)"));
  EXPECT_THAT(read(with_top_keys(R"("stop_grace":"20",)")).problems,
              ElementsAre(R"(/stop_grace: expects a duration such as "250ms", "2s", "5m" or "1h", found "20")"));
  EXPECT_THAT(read(with_top_keys(R"("log":7,)")).problems, ElementsAre("/log: expects an object, found the number 7"));
  EXPECT_THAT(read(with_top_keys(R"("pipe":null,)")).problems, ElementsAre("/pipe: expects a text, found null"));
}

TEST(ConfigValues, ListsTheChoices) {
  EXPECT_THAT(read(with_top_keys(R"("log":{"level":"verbose"},)")).problems,
              ElementsAre(R"(/log/level: expects one of "debug", "information", "warning", "error", found "verbose")"));
}

TEST(ConfigValues, SuggestsTheNearestNameForAnUnknownKey) {
  EXPECT_THAT(read(with_top_keys(R"("pip":1,)")).problems, ElementsAre(R"(/pip: unknown key; did you mean "pipe"?)"));
  EXPECT_THAT(read(with_top_keys(R"("log":{"lvel":1},)")).problems,
              ElementsAre(R"(/log/lvel: unknown key; did you mean "level"?)"));
  EXPECT_THAT(read(with_top_keys(R"("colour":1,)")).problems, ElementsAre("/colour: unknown key"));
}

TEST(ConfigValues, EscapesWhatComesFromTheFile) {
  EXPECT_THAT(read(with_top_keys(R"("a\nb/c":1,)")).problems, ElementsAre("/a\\nb~1c: unknown key"));
}

TEST(ConfigValues, RefusesPipeNamesThatAreNone) {
  EXPECT_THAT(read(with_top_keys(R"("pipe":"PlugBroker",)")).problems,
              ElementsAre(R"(/pipe: "PlugBroker" does not start with \\.\pipe\)"));
  EXPECT_THAT(
      read(with_top_keys(R"("pipe":"\\\\.\\pipe\\a\\b",)")).problems,
      ElementsAre(
          R"(/pipe: "\\.\pipe\a\b": what follows \\.\pipe\ has to be 1 to 128 characters of A-Z a-z 0-9 . _ -)"));
}

// Windows drops dots at the end, and folders are named after the pipe: "..", below the service's own, would be its data.
TEST(ConfigValues, RefusesPipeNamesThatEndWithADot) {
  for (const std::string name : {".", "..", "PlugBroker."}) {
    EXPECT_THAT(read(with_top_keys(R"("pipe":"\\\\.\\pipe\\)" + name + R"(",)")).problems,
                ElementsAre(R"(/pipe: "\\.\pipe\)" + name + R"(" must not end with a dot)"));
    EXPECT_THAT(read(with_top_keys(R"("admin_pipe":"\\\\.\\pipe\\)" + name + R"(",)")).problems,
                ElementsAre(R"(/admin_pipe: "\\.\pipe\)" + name + R"(" must not end with a dot)"));
  }
}

TEST(ConfigValues, RefusesOneNameForBothPipesWhateverItsCase) {
  EXPECT_THAT(read(with_top_keys(R"("pipe":"\\\\.\\pipe\\x","admin_pipe":"\\\\.\\pipe\\X",)")).problems,
              ElementsAre("/admin_pipe: is the same as pipe"));
}

TEST(ConfigValues, RefusesARelativeLogFolder) {
  EXPECT_THAT(read(with_top_keys(R"("log":{"folder":"logs"},)")).problems,
              ElementsAre(R"(/log/folder: "logs" is not an absolute path (C:\...))"));
}

TEST(ConfigValues, ReadsFlowControl) {
  const ConfigOutcome outcome = read(with_top_keys(
      R"("flow_control":{"stream_window_bytes":4128,"stream_window_max_bytes":16777216,"connection_window_bytes":5000,)"
      R"("window_growth_bytes":0},)"));

  const FlowControlConfig& flow = outcome.config.value().flow_control;
  EXPECT_EQ(flow.stream_window_bytes, 4128u);
  EXPECT_EQ(flow.stream_window_max_bytes, 16u * 1024 * 1024);
  EXPECT_EQ(flow.connection_window_bytes, 5000u);
  EXPECT_EQ(flow.window_growth_bytes, 0u);
}

TEST(ConfigValues, HasTheDefaultsOfTheEngineForFlowControl) {
  const FlowControlConfig flow = read(with_top_keys("")).config.value().flow_control;

  EXPECT_EQ(flow.stream_window_bytes, limits::stream_window_bytes);
  EXPECT_EQ(flow.stream_window_max_bytes, limits::stream_window_max_bytes);
  EXPECT_EQ(flow.connection_window_bytes, limits::connection_window_bytes);
  EXPECT_EQ(flow.window_growth_bytes, limits::window_growth_bytes);
}

TEST(ConfigValues, RefusesALargestWindowBelowTheFirst) {
  EXPECT_THAT(read(with_top_keys(R"("flow_control":{"stream_window_max_bytes":131071},)")).problems,
              ElementsAre("/flow_control/stream_window_max_bytes: 131071 is less than stream_window_bytes, which is "
                          "131072"));
  EXPECT_THAT(read(with_top_keys(R"("flow_control":{"stream_window_bytes":4127},)")).problems,
              ElementsAre("/flow_control/stream_window_bytes: 4127 is outside 4128..16777216"));
}

TEST(ConfigValues, ReportsEveryProblemAtOnceInTheFilesOrder) {
  const ConfigOutcome outcome = read(R"({
    "stop_grace": 1,
    "limits": {"max_sessions": 0, "hello_timeout": "x"},
    "pools": {"markdown": {"command": ["worker.exe"], "max_workers": 0, "routes": []}}
  })");

  EXPECT_FALSE(outcome.config.has_value());
  EXPECT_THAT(outcome.problems,
              ElementsAre(R"(/stop_grace: expects a duration such as "250ms", "2s", "5m" or "1h", found the number 1)",
                          "/limits/max_sessions: 0 is outside 1..65536",
                          R"(/limits/hello_timeout: expects a duration such as "250ms", "2s", "5m" or "1h", found "x")",
                          "/pools/markdown/max_workers: 0 is outside 1..256",
                          "/pools/markdown/routes: 0 routes is outside 1..256",
                          R"(/pools/markdown/command/0: "worker.exe" is not an absolute path (C:\...))"));
}

TEST(ConfigValues, BoundsTheNumberOfProblems) {
  std::string keys;
  for (int i = 0; i < 150; ++i) keys += "\"zz" + std::to_string(i) + "\":1,";

  const ConfigOutcome outcome = read(with_top_keys(keys));

  ASSERT_EQ(outcome.problems.size(), 101u);
  EXPECT_EQ(outcome.problems.back(), "and 50 more");
}

}  // namespace
}  // namespace plugbroker::config
