// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <memory>
#include <string>

#include "broker_core/runtime/evidence_document.h"
#include "broker_core/runtime/evidence_names.h"

namespace plugbroker::runtime {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// 2026-03-04T05:06:07.089Z
constexpr WallTime sample_time{std::chrono::sys_days{std::chrono::year{2026} / 3 / 4} + 5h + 6min + 7s + 89ms};

EvidenceFacts sample_facts() {
  engine::EvidenceCase known;
  known.reason = "a call did not end within cancel_grace";
  known.calls = {
      {.route = "text.stats", .age = 12'345'678us, .request_bytes = 42, .trace_id = "0af7651916cd43dd8448eb211c80319c"},
      {.route = "echo", .age = 1ms, .request_bytes = 0, .trace_id = {}}};
  known.calls_held = 17;
  return {.time = sample_time,
          .pool = "markdown",
          .worker = WorkerId{3},
          .process_id = 4711,
          .command_line = R"("C:\Apps\w.exe" --x)",
          .exit_code = 0xE0434352,
          .known = std::make_shared<const engine::EvidenceCase>(known),
          .stderr_file = "stderr.txt",
          .stderr_bytes = 100,
          .stderr_bytes_lost = 7,
          .dump_file = "worker.dmp",
          .dump_note = {}};
}

constexpr const char* sample_document = R"json({
  "schema_version": 1,
  "time": "2026-03-04T05:06:07.089Z",
  "pool": "markdown",
  "worker": 3,
  "process_id": 4711,
  "command_line": "\"C:\\Apps\\w.exe\" --x",
  "reason": "a call did not end within cancel_grace",
  "exit_code": 3762504530,
  "exit": "exit code 0xE0434352 (unhandled .NET exception)",
  "calls_held": 17,
  "calls": [
    {"route": "text.stats", "age_ms": 12345, "request_bytes": 42, "trace_id": "0af7651916cd43dd8448eb211c80319c"},
    {"route": "echo", "age_ms": 1, "request_bytes": 0, "trace_id": ""}
  ],
  "stderr": "stderr.txt",
  "stderr_bytes": 100,
  "stderr_bytes_lost": 7,
  "dump": "worker.dmp",
  "dump_note": ""
}
)json";

TEST(EvidenceDocument, SaysWhatIsKnownOfTheWorkerAndItsCalls) {
  EXPECT_EQ(evidence_document(sample_facts()), sample_document);
}

TEST(EvidenceDocument, SaysWhatThereIsNot) {
  EvidenceFacts facts = sample_facts();
  facts.exit_code.reset();
  facts.known = std::make_shared<const engine::EvidenceCase>();
  facts.dump_file.clear();
  facts.dump_note = "the pool's dump is off";

  const std::string document = evidence_document(facts);

  EXPECT_THAT(document, HasSubstr("\"exit_code\": null,\n  \"exit\": \"had not ended yet\""));
  EXPECT_THAT(document, HasSubstr("\"calls\": [],"));
  EXPECT_THAT(document, HasSubstr("\"dump\": null,\n  \"dump_note\": \"the pool's dump is off\""));
}

TEST(EvidenceDocument, LetsNoTextFromOutsideBreakOutOfItsQuotes) {
  EvidenceFacts facts = sample_facts();
  facts.command_line = "a\",\"b\":1\n\xff\\";

  const std::string document = evidence_document(facts);

  EXPECT_THAT(document, HasSubstr(R"("command_line": "a\",\"b\":1\\n\\xff\\",)"));
}

TEST(CaseName, SortsByTimeAndNamesPoolAndWorker) {
  EXPECT_EQ(case_name(sample_time, "markdown", WorkerId{3}), "20260304T050607.089Z-markdown-3");
  EXPECT_LT(case_name(sample_time, "z", WorkerId{9}), case_name(sample_time + 1ms, "a", WorkerId{1}));
}

TEST(CasesToDelete, AreTheOldestSoThatTheWantedNumberIsLeft) {
  const std::string first = case_name(sample_time, "a", WorkerId{1});
  const std::string second = case_name(sample_time + 1ms, "a", WorkerId{2});
  const std::string third = case_name(sample_time + 24h, "a", WorkerId{3});

  EXPECT_THAT(cases_to_delete({third, first, second}, 1), ElementsAre(first, second));
  EXPECT_THAT(cases_to_delete({third, first, second}, 3), IsEmpty());
  EXPECT_THAT(cases_to_delete({third, first, second}, 0), ElementsAre(first, second, third));
}

TEST(CasesToDelete, LeavesAloneWhatIsNoCase) {
  const std::string only = case_name(sample_time, "a", WorkerId{1});

  EXPECT_THAT(cases_to_delete({"kept for the vendor", "20260304", "", only}, 0), ElementsAre(only));
  EXPECT_THAT(cases_to_delete({"kept for the vendor", "another", only}, 1), Not(ElementsAre("another")));
}

}  // namespace
}  // namespace plugbroker::runtime
