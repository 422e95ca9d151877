// SPDX-License-Identifier: Apache-2.0
#include "admin_cli/control_request.h"

#include <gmock/gmock.h>

namespace plugbroker::admin_cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

ControlCommand parsed(const std::vector<std::string>& arguments) {
  return parse_control_command(arguments).value();
}

TEST(ControlRequest, SaysOnTheWireWhatWasTyped) {
  EXPECT_EQ(admin_call_of(parsed({"drain", "p"})).route, "operate");
  EXPECT_EQ(admin_call_of(parsed({"drain", "p"})).request, R"({"command":"drain","pool":"p"})");
  EXPECT_EQ(admin_call_of(parsed({"resume", "p"})).request, R"({"command":"resume","pool":"p"})");
  EXPECT_EQ(admin_call_of(parsed({"recycle", "p"})).request, R"({"command":"recycle","pool":"p"})");
  EXPECT_EQ(admin_call_of(parsed({"recycle", "--worker", "4"})).request, R"({"command":"recycle","worker":4})");
  EXPECT_EQ(admin_call_of(parsed({"kill", "4"})).request, R"({"command":"kill","worker":4})");
  EXPECT_EQ(admin_call_of(parsed({"close-breaker", "p"})).request, R"({"command":"close-breaker","pool":"p"})");
}

TEST(ControlRequest, OfWhatIsOnlyShownHasNoBytes) {
  for (const char* name : {"status", "pools", "workers"}) {
    EXPECT_EQ(admin_call_of(parsed({name})).route, "status") << name;
    EXPECT_EQ(admin_call_of(parsed({name})).request, "") << name;
  }
  EXPECT_EQ(admin_call_of(parsed({"reload"})).route, "reload");
  EXPECT_EQ(admin_call_of(parsed({"evidence"})).route, "evidence");
  EXPECT_EQ(admin_call_of(parsed({"evidence"})).request, "");
  EXPECT_EQ(admin_call_of(parsed({"evidence", "2026-p-1"})).request, R"({"case":"2026-p-1"})");
}

constexpr const char* document = R"({"schema_version":1,"service_name":"S","pools":[
  {"name":"p","breaker":"open","workers":[{"id":4,"state":"ready"}]}, {"name":"q"}]})";

TEST(ControlRequest, AnswersAnOperationWithThePoolAndItsWorkers) {
  const Result<std::string> shown = shown_answer(parsed({"drain", "p"}), document);

  EXPECT_THAT(*shown, HasSubstr("p     breaker open"));
  EXPECT_THAT(*shown, HasSubstr("WORKER"));
  EXPECT_THAT(*shown, Not(HasSubstr("\nq ")));
}

TEST(ControlRequest, AnswersTheKillOfAWorkerWithAllPools) {
  EXPECT_THAT(*shown_answer(parsed({"kill", "4"}), document), HasSubstr("\nq "));
}

TEST(ControlRequest, ShowsOfTheStatusWhatWasAskedFor) {
  EXPECT_THAT(*shown_answer(parsed({"status"}), document), HasSubstr("ROUTES"));
  EXPECT_THAT(*shown_answer(parsed({"pools"}), document), Not(HasSubstr("WORKER ")));
  EXPECT_THAT(*shown_answer(parsed({"workers", "p"}), document), Not(HasSubstr("MIN..MAX")));
  EXPECT_EQ(shown_answer(parsed({"workers", "r"}), document).status().code, StatusCode::not_found);
}

TEST(ControlRequest, PrintsTheDocumentAsItCameWhenAskedTo) {
  for (const char* name : {"status", "pools", "workers", "evidence", "reload"}) {
    EXPECT_EQ(*shown_answer(parsed({name, "--json"}), "{}"), "{}\n") << name;
  }
}

TEST(ControlRequest, ListsTheCasesOfEvidence) {
  EXPECT_EQ(*shown_answer(parsed({"evidence"}), R"({"schema_version":1,"cases":[
              {"name":"2026-p-4","pool":"p","worker":4,"reason":"it hung"},{"name":"2025-p-1","pool":null}],
              "left_out":3})"),
            "CASE      POOL  WORKER  REASON\n"
            "2026-p-4  p     4       it hung\n"
            "2025-p-1                \n"
            "and 3 older ones\n");
  EXPECT_EQ(*shown_answer(parsed({"evidence"}), R"({"schema_version":1,"cases":[]})"), "no case of evidence\n");
  EXPECT_EQ(shown_answer(parsed({"evidence"}), "[]").status().code, StatusCode::invalid_argument);
}

TEST(ControlRequest, ShowsACaseLineByLineAndNothingThatMovesTheCursor) {
  EXPECT_EQ(*shown_answer(parsed({"evidence", "2026-p-4"}), "{\n  \x1b\n}"), "{\n  \\x1b\n}\n");
}

}  // namespace
}  // namespace plugbroker::admin_cli
