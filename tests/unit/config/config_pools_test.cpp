// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "tests/unit/config/config_outcome.h"

namespace plugbroker::config {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::Pair;

TEST(ConfigPools, FillsInTheDefaultsOfAPool) {
  const ConfigOutcome outcome = read(with_pool_keys(""));

  ASSERT_THAT(outcome.problems, ElementsAre());
  ASSERT_EQ(outcome.config->pools.size(), 1u);
  const PoolConfig& pool = outcome.config->pools.front();
  EXPECT_EQ(pool.name, "p");
  EXPECT_THAT(pool.command, ElementsAre(R"(C:\w.exe)"));
  EXPECT_THAT(pool.routes, ElementsAre("r"));
  EXPECT_EQ(pool.working_directory, "");
  EXPECT_THAT(pool.environment, ElementsAre());
  EXPECT_EQ(pool.min_workers, 1u);
  EXPECT_EQ(pool.max_workers, 4u);
  EXPECT_EQ(pool.concurrency, 1u);
  EXPECT_EQ(pool.queue_limit, 1000u);
  EXPECT_EQ(pool.start_timeout, 30s);
  EXPECT_EQ(pool.stop_timeout, 5s);
  EXPECT_EQ(pool.cancel_grace, 5s);
  EXPECT_EQ(pool.restart_backoff_min, 250ms);
  EXPECT_EQ(pool.restart_backoff_max, 30s);
}

TEST(ConfigPools, TakesWhatTheFileSays) {
  const ConfigOutcome outcome = read(R"({"pools":{"z":{
      "command":["\\\\server\\share\\w.exe","", "a \"b\""],"working_directory":"D:/work","environment":{"A":"1","b":""},
      "routes":["x/y","z"],"min_workers":0,"max_workers":256,"concurrency":1024,"queue_limit":1,"start_timeout":"10m",
      "stop_timeout":"0s","cancel_grace":"1s","restart_backoff_min":"1s","restart_backoff_max":"1s"}}})");

  ASSERT_THAT(outcome.problems, ElementsAre());
  const PoolConfig& pool = outcome.config->pools.front();
  EXPECT_THAT(pool.command, ElementsAre(R"(\\server\share\w.exe)", "", "a \"b\""));
  EXPECT_EQ(pool.working_directory, "D:/work");
  EXPECT_THAT(pool.environment, ElementsAre(Pair("A", "1"), Pair("b", "")));
  EXPECT_THAT(pool.routes, ElementsAre("x/y", "z"));
  EXPECT_EQ(pool.min_workers, 0u);
  EXPECT_EQ(pool.max_workers, 256u);
  EXPECT_EQ(pool.concurrency, 1024u);
  EXPECT_EQ(pool.queue_limit, 1u);
  EXPECT_EQ(pool.start_timeout, 10min);
  EXPECT_EQ(pool.stop_timeout, 0s);
  EXPECT_EQ(pool.cancel_grace, 1s);
  EXPECT_EQ(pool.restart_backoff_min, 1s);
  EXPECT_EQ(pool.restart_backoff_max, 1s);
}

TEST(ConfigPools, KeepsTheOrderOfTheFile) {
  const ConfigOutcome outcome = read(R"({"pools":{"z":{"command":["C:\\a"],"routes":["z"]},
                                                "a":{"command":["C:\\a"],"routes":["a"]}}})");

  ASSERT_THAT(outcome.problems, ElementsAre());
  EXPECT_EQ(outcome.config->pools[0].name, "z");
  EXPECT_EQ(outcome.config->pools[1].name, "a");
}

TEST(ConfigPools, NeedsAtLeastOne) {
  EXPECT_THAT(read("{}").problems, ElementsAre("/pools: at least one pool is needed"));
  EXPECT_THAT(read(R"({"pools":{}})").problems, ElementsAre("/pools: at least one pool is needed"));
  EXPECT_THAT(read(R"({"pools":[]})").problems, ElementsAre("/pools: expects an object, found an array"));
}

TEST(ConfigPools, NeedCommandAndRoutes) {
  EXPECT_THAT(read(R"({"pools":{"p":{}}})").problems,
              ElementsAre("/pools/p/command: is required", "/pools/p/routes: is required"));
  EXPECT_THAT(read(R"({"pools":{"p":5}})").problems, ElementsAre("/pools/p: expects an object, found the number 5"));
}

TEST(ConfigPools, RefusesNamesThatAreNone) {
  EXPECT_THAT(read(R"({"pools":{"a b":{"command":["C:\\a"],"routes":["a"]}}})").problems,
              ElementsAre("/pools/a b: a pool's name has to be 1 to 64 characters of A-Z a-z 0-9 . _ -"));
}

TEST(ConfigPools, RefusesAProgramThatDoesNotExist) {
  const ConfigOutcome outcome = read_config(with_pool_keys(""), [](const std::string&, PathKind) { return false; });

  EXPECT_THAT(outcome.problems, ElementsAre(R"(/pools/p/command/0: there is no file "C:\w.exe")"));
}

TEST(ConfigPools, RefusesAWorkingDirectoryThatDoesNotExist) {
  const auto no_folders = [](const std::string&, PathKind kind) { return kind == PathKind::file; };
  const ConfigOutcome outcome = read_config(with_pool_keys(R"("working_directory":"D:\\none",)"), no_folders);
  const ConfigOutcome without = read_config(with_pool_keys(""), no_folders);

  EXPECT_THAT(outcome.problems, ElementsAre(R"(/pools/p/working_directory: there is no folder "D:\none")"));
  EXPECT_THAT(without.problems, ElementsAre());
}

TEST(ConfigPools, RefusesARelativeProgram) {
  for (const char* program : {"w.exe", "C:w.exe", R"(\\w.exe)", "/w.exe", "..\\\\w.exe", "C:"}) {
    const ConfigOutcome outcome =
        read(R"({"pools":{"p":{"routes":["r"],"command":[")" + std::string{program} + R"("]}}})");
    ASSERT_EQ(outcome.problems.size(), 1u) << program;
    EXPECT_THAT(outcome.problems.front(), ::testing::HasSubstr("is not an absolute path")) << program;
  }
}

TEST(ConfigPools, RefusesABatchFile) {
  EXPECT_THAT(read(R"({"pools":{"p":{"routes":["r"],"command":["C:\\w.Cmd"]}}})").problems,
              ElementsAre(R"(/pools/p/command/0: "C:\w.Cmd" is a batch file; name the program that it starts)"));
}

TEST(ConfigPools, RefusesALibraryAsProgram) {
  EXPECT_THAT(read(R"({"pools":{"p":{"routes":["r"],"command":["C:\\W.dll"]}}})").problems,
              ElementsAre(R"(/pools/p/command/0: "C:\W.dll" is a library, not a program; name its .exe, or dotnet.exe )"
                          "with it as argument"));
}

TEST(ConfigPools, RecognisesAPathWhoseBackslashesWereWrittenOnce) {
  EXPECT_THAT(
      read(R"({"pools":{"p":{"routes":["r"],"command":["Z:\tmp\new.exe"]}}})").problems,
      ElementsAre(R"(/pools/p/command/0: "Z:\tmp\new.exe" has a tab in it; in JSON a backslash is written twice )"
                  R"(("C:\\folder"))"));
  EXPECT_THAT(read(with_pool_keys(R"("working_directory":"C:\new",)")).problems,
              ElementsAre(R"(/pools/p/working_directory: "C:\new" has a line break in it; in JSON a backslash is )"
                          R"(written twice ("C:\\folder"))"));
}

TEST(ConfigPools, RefusesANulInAnArgument) {
  EXPECT_THAT(read(R"({"pools":{"p":{"routes":["r"],"command":["C:\\w.exe","a\u0000b"]}}})").problems,
              ElementsAre("/pools/p/command/1: must not contain a NUL character"));
}

TEST(ConfigPools, RefusesMoreMinimumThanMaximum) {
  EXPECT_THAT(read(with_pool_keys(R"("min_workers":3,"max_workers":2)")).problems,
              ElementsAre("/pools/p/min_workers: 3 is more than max_workers, which is 2"));
  EXPECT_THAT(read(with_pool_keys(R"("restart_backoff_min":"1m","restart_backoff_max":"1s")")).problems,
              ElementsAre("/pools/p/restart_backoff_min: 1m is more than restart_backoff_max, which is 1s"));
}

TEST(ConfigPools, DoNotReportWhatOnlyFollowsFromAnotherProblem) {
  EXPECT_THAT(read(with_pool_keys(R"("min_workers":9,"max_workers":0)")).problems,
              ElementsAre("/pools/p/max_workers: 0 is outside 1..256"));
}

TEST(ConfigPools, RefusesARouteOfTwoPools) {
  EXPECT_THAT(
      read(R"({"pools":{"a":{"command":["C:\\a"],"routes":["x"]},"b":{"command":["C:\\a"],"routes":["y","x"]}}})")
          .problems,
      ElementsAre(R"(/pools/b/routes/1: "x" is already a route of pool "a")"));
  EXPECT_THAT(read(R"({"pools":{"a":{"command":["C:\\a"],"routes":["x","x"]}}})").problems,
              ElementsAre(R"(/pools/a/routes/1: "x" is already a route of pool "a")"));
}

TEST(ConfigPools, RefusesRoutesThatTheWireCannotCarry) {
  const std::string longest(255, 'r');
  const auto problems = [](const std::string& route) {
    return read(R"({"pools":{"p":{"command":["C:\\a"],"routes":[")" + route + R"("]}}})").problems;
  };
  EXPECT_THAT(problems(longest), ElementsAre());
  EXPECT_EQ(problems(longest + "r").size(), 1u);
  EXPECT_EQ(problems("").size(), 1u);
  EXPECT_EQ(problems("a b").size(), 1u);
  EXPECT_EQ(problems("ä").size(), 1u);
}

TEST(ConfigPools, RefusesBadEnvironment) {
  EXPECT_THAT(read(with_pool_keys(R"("environment":{"":"1","A=B":"1","plugbroker_CHANNEL":"1","X":1})")).problems,
              ElementsAre("/pools/p/environment/: a variable's name must not be empty or contain '='",
                          "/pools/p/environment/A=B: a variable's name must not be empty or contain '='",
                          "/pools/p/environment/plugbroker_CHANNEL: PLUGBROKER_ names are set by the service",
                          "/pools/p/environment/X: expects a text, found the number 1"));
  EXPECT_THAT(read(with_pool_keys(R"("environment":{"Path":"1","PATH":"2"})")).problems,
              ElementsAre("/pools/p/environment/Path: is the same variable as \"PATH\"; their case does not matter"));
}

TEST(ConfigPools, RefusesMoreThanSixtyFour) {
  std::string text = R"({"pools":{)";
  for (int i = 0; i < 65; ++i) {
    const std::string number = std::to_string(i);
    text += (i == 0 ? "\"p" : ",\"p") + number + R"(":{"command":["C:\\a"],"routes":["r)" + number + R"("]})";
  }

  EXPECT_THAT(read(text + "}}").problems, ElementsAre("/pools: 65 pools; at most 64"));
}

}  // namespace
}  // namespace plugbroker::config
