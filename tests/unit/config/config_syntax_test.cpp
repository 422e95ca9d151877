// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "tests/unit/config/config_outcome.h"

namespace plugbroker::config {
namespace {

using ::testing::ElementsAre;

TEST(ConfigSyntax, TakesCommentsAndTrailingCommas) {
  const ConfigOutcome outcome = read(R"(// first
{ /* here */ "pools": { // and
    "p": { "command": ["C:\\w.exe",], "routes": ["a//b", "c/*d*/",], }, /* there */
  },
} // last)");

  ASSERT_THAT(outcome.problems,
              ElementsAre("/pools/p/routes/1: \"c/*d*/\" is no route: 1 to 255 characters of A-Z a-z 0-9 . _ - /"));
}

TEST(ConfigSyntax, NamesLineAndColumnOfASyntaxError) {
  EXPECT_THAT(read("{\n  \"pipe\": }").problems, ElementsAre("line 2, column 11: not valid JSON: unexpected '}'"));
  EXPECT_THAT(read("{\n\"a\" \"b\"}").problems, ElementsAre("line 2, column 5: not valid JSON: unexpected '\"'"));
}

TEST(ConfigSyntax, SaysOfAnUnknownEscapeThatABackslashIsWrittenTwice) {
  const std::string hint = R"(; in JSON a backslash is written twice ("C:\\folder"))";

  EXPECT_THAT(read(R"({"pipe": "C:\mine"})").problems,
              ElementsAre("line 1, column 14: not valid JSON: unexpected 'm'" + hint));
  EXPECT_THAT(read(R"({"pipe": "C:\users"})").problems,
              ElementsAre("line 1, column 15: not valid JSON: unexpected 's'" + hint));
  EXPECT_THAT(read(R"({"pipe": "C:\\" x})").problems, ElementsAre("line 1, column 17: not valid JSON: unexpected 'x'"));
}

TEST(ConfigSyntax, NamesTheEndOfATextThatStopsTooEarly) {
  EXPECT_THAT(read("").problems, ElementsAre("line 1, column 1: the text ends too early"));
  EXPECT_THAT(read("{\n\"pools\": {").problems, ElementsAre("line 2, column 11: the text ends too early"));
  EXPECT_THAT(read("/* never closed").problems, ElementsAre("line 1, column 16: the text ends too early"));
}

TEST(ConfigSyntax, RefusesTextAfterTheEnd) {
  EXPECT_THAT(read("{}\n{}").problems,
              ElementsAre("line 2, column 1: text after the end of the configuration: unexpected '{'"));
}

TEST(ConfigSyntax, RefusesADuplicateKeyAtItsPlace) {
  EXPECT_THAT(read("{\n  \"log\": {},\n  \"log\": {}\n}").problems,
              ElementsAre("line 3, column 3: the key \"log\" is there a second time in the same object"));
}

TEST(ConfigSyntax, RefusesADuplicateKeyThatIsWrittenWithEscapes) {
  EXPECT_THAT(read("{\"a\\\"b\": 1, \"a\\u0022b\": 2}").problems,
              ElementsAre("line 1, column 13: the key \"a\"b\" is there a second time in the same object"));
}

TEST(ConfigSyntax, AllowsTheSameKeyInDifferentObjects) {
  const ConfigOutcome outcome = read(R"({"pools":{"a":{"command":["C:\\a.exe"],"routes":["a"]},
                                                "b":{"command":["C:\\a.exe"],"routes":["b"]}}})");
  EXPECT_THAT(outcome.problems, ElementsAre());
}

TEST(ConfigSyntax, RefusesDeepNesting) {
  EXPECT_THAT(read(std::string(40, '[')).problems, ElementsAre("line 1, column 33: more than 32 levels of nesting"));
}

TEST(ConfigSyntax, RefusesWhatIsNotUtf8) {
  EXPECT_THAT(read("{\"pipe\": \"\xFF\"}").problems,
              ElementsAre("line 1, column 11: not valid JSON: unexpected byte \\xff"));
}

TEST(ConfigSyntax, RefusesADocumentThatIsNoObject) {
  EXPECT_THAT(read("[]").problems,
              ElementsAre("expects an object, found an array", "/pools: at least one pool is needed"));
}

}  // namespace
}  // namespace plugbroker::config
