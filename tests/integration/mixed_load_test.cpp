// SPDX-License-Identifier: Apache-2.0
// Unary, streaming, cancelled and expired calls at once, reconciled by what clients and workers wrote down. The long
// run is in mixed_load_soak_test.cpp.
#include <gmock/gmock.h>

#include "tests/integration/harness/mixed_load.h"
#include "tests/integration/harness/mixed_records.h"

namespace plugbroker::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(MixedLoad, EveryCallIsAccountedForExactlyOnce) {
  const MixedLoadResult result = run_mixed_load({.processes = 2, .sessions_of_each = 15, .seconds = 4});

  EXPECT_GT(result.calls, 100u);
  EXPECT_THAT(result.contradictions, IsEmpty());
  EXPECT_THAT(result.left_behind, IsEmpty());
}

// The twins: each kind of contradiction is found when there is one.

MixedRecords one_call(const MixedCall& call, const MixedExecution& execution) {
  return {.calls = {call}, .started = {{"s", 1}}, .executions = {{call.id, execution}}};
}

const MixedCall good{.id = "s-0", .kind = "stream", .status = "ok", .worker_received = true, .sent = 3, .got = 2};
constexpr MixedExecution well_done{.began = 1, .ended = 1, .ok = true, .in = 3, .out = 2};

TEST(MixedRecords, AcceptWhatAgrees) {
  EXPECT_THAT(contradictions(one_call(good, well_done)), IsEmpty());
}

TEST(MixedRecords, FindACallThatWasExecutedTwice) {
  EXPECT_THAT(contradictions(one_call(good, {.began = 2, .ended = 2, .ok = true, .in = 3, .out = 2})),
              ElementsAre(HasSubstr("executed 2 times")));
}

TEST(MixedRecords, FindACallThatEndedTwice) {
  MixedRecords records = one_call(good, well_done);
  records.calls.push_back(good);

  EXPECT_THAT(contradictions(records), ElementsAre(HasSubstr("ended twice"), HasSubstr("made 1 calls and saw 2 ends")));
}

TEST(MixedRecords, FindACallThatNeverEnded) {
  MixedRecords records = one_call(good, well_done);
  records.started["s"] = 2;

  EXPECT_THAT(contradictions(records), ElementsAre(HasSubstr("made 2 calls and saw 1 ends")));
}

TEST(MixedRecords, FindAHandlerThatNeverEnded) {
  EXPECT_THAT(contradictions(one_call(good, {.began = 1})), ElementsAre(HasSubstr("begun and never ended")));
}

TEST(MixedRecords, FindALostMessage) {
  EXPECT_THAT(contradictions(one_call(good, {.began = 1, .ended = 1, .ok = true, .in = 2, .out = 2})),
              ElementsAre(HasSubstr("3 messages sent")));
}

TEST(MixedRecords, FindACallThatIsSaidNotToHaveArrivedAndDid) {
  MixedCall call = good;
  call.kind = "cancelled";
  call.status = "cancelled";
  call.worker_received = false;

  EXPECT_THAT(contradictions(one_call(call, {.began = 1, .ended = 1})),
              ElementsAre(HasSubstr("told that no worker received it")));
}

TEST(MixedRecords, FindACallThatNobodyMade) {
  MixedRecords records = one_call(good, well_done);
  records.executions["t-0"] = well_done;

  EXPECT_THAT(contradictions(records), ElementsAre(HasSubstr("no client knows of it")));
}

TEST(MixedRecords, FindAnOutcomeThatAKindCannotHave) {
  MixedCall call = good;
  call.kind = "expired";

  EXPECT_THAT(contradictions(one_call(call, well_done)), ElementsAre(HasSubstr("in a way that its kind can't")));
}

}  // namespace
}  // namespace plugbroker::harness
