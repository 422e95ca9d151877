// SPDX-License-Identifier: Apache-2.0
// Two minutes (or as many as tools/chaos says) in which everything goes wrong that can: no call is lost or doubled, and
// afterwards nothing is left.
#include <gmock/gmock.h>

#include <cstdio>

#include "tests/integration/chaos/chaos_report.h"
#include "tests/integration/chaos/chaos_run.h"
#include "tests/integration/harness/child_process.h"
#include "tests/integration/harness/mixed_records.h"
#include "tests/integration/harness/text_encoding.h"

namespace plugbroker::chaos {
namespace {

using harness::contradictions;
using harness::MixedCall;
using harness::MixedExecution;
using harness::MixedRecords;
using harness::Surroundings;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Chaos, LosesAndDoublesNoCallAndLeavesNothingBehind) {
  const ChaosSettings settings = settings_from_environment();
  std::printf("seed %u\n", settings.seed);
  std::fflush(stdout);

  const ChaosResult result = run_chaos(settings);

  std::printf("%s", result.report.c_str());
  harness::write_whole_file(harness::widen(PLUGBROKER_CHAOS_REPORT), result.report);
  EXPECT_GT(result.calls, 100u * settings.seconds);
  EXPECT_THAT(result.contradictions, IsEmpty());
  EXPECT_THAT(result.refusals, IsEmpty());
  EXPECT_THAT(result.left_behind, IsEmpty());
  EXPECT_EQ(result.processes_left, 0u);
}

// The twins: what faults excuse, and what they don't.

MixedRecords one_call(const MixedCall& call, const MixedExecution& execution) {
  MixedRecords records{.calls = {call}, .started = {{"s", 1}}, .executions = {}};
  if (execution.began != 0) records.executions[call.id] = execution;
  return records;
}

MixedCall unary(const char* status, bool worker_received) {
  return {.id = "s-0", .kind = "unary", .status = status, .worker_received = worker_received, .sent = 1, .got = 0};
}

constexpr MixedExecution begun_and_killed{.began = 1, .ended = 0, .ok = false, .in = 0, .out = 0};

TEST(ChaosLedger, AcceptsACallWhoseWorkerWasKilled) {
  EXPECT_THAT(contradictions(one_call(unary("unavailable", true), begun_and_killed), Surroundings::faults), IsEmpty());
}

TEST(ChaosLedger, AcceptsACallThatNoWorkerTook) {
  EXPECT_THAT(contradictions(one_call(unary("unavailable", false), {}), Surroundings::faults), IsEmpty());
}

TEST(ChaosLedger, FindsACallThatWasGivenToASecondWorkerAfterTheFirstWasKilled) {
  const MixedExecution twice{.began = 2, .ended = 1, .ok = true, .in = 1, .out = 1};

  EXPECT_THAT(contradictions(one_call(unary("ok", true), twice), Surroundings::faults),
              ElementsAre(HasSubstr("executed 2 times")));
}

TEST(ChaosLedger, FindsACallThatIsSaidToBeDoneAndWhoseWorkerWasKilled) {
  EXPECT_THAT(contradictions(one_call(unary("ok", true), begun_and_killed), Surroundings::faults),
              ElementsAre(HasSubstr("begun and never ended")));
}

TEST(ChaosLedger, FindsACallThatIsSaidNotToHaveArrivedAndDid) {
  EXPECT_THAT(contradictions(one_call(unary("unavailable", false), begun_and_killed), Surroundings::faults),
              ElementsAre(HasSubstr("told that no worker received it")));
}

TEST(ChaosLedger, FindsAnOutcomeThatWasDropped) {
  MixedRecords records = one_call(unary("unavailable", true), begun_and_killed);
  records.started["s"] = 2;

  EXPECT_THAT(contradictions(records, Surroundings::faults), ElementsAre(HasSubstr("made 2 calls and saw 1 ends")));
}

TEST(ChaosLedger, FindsAFailureThatNoFaultExplains) {
  EXPECT_THAT(contradictions(one_call(unary("internal", true), begun_and_killed), Surroundings::faults),
              ElementsAre(HasSubstr("in a way that its kind can't")));
}

TEST(ChaosReport, PercentilesAreOfTheSortedLatencies) {
  const std::vector<std::uint64_t> sorted{1000, 2000, 3000, 4000};

  EXPECT_EQ(percentile_ms(sorted, 50), 2.0);
  EXPECT_EQ(percentile_ms(sorted, 99), 4.0);
  EXPECT_EQ(percentile_ms({}, 50), 0.0);
}

TEST(ChaosReport, CountsCallsByOutcomeAndFaultsByKind) {
  ChaosFigures figures{.seconds = 120, .seed = 7, .sessions = 100};
  figures.faults["worker killed"] = 118;

  const std::string page = report_text(figures, one_call(unary("unavailable", true), begun_and_killed));

  EXPECT_THAT(page, AllOf(HasSubstr("120 s of faults, 100 sessions, seed 7"), HasSubstr("unavailable"),
                          HasSubstr("worker killed"), HasSubstr("118")));
}

}  // namespace
}  // namespace plugbroker::chaos
