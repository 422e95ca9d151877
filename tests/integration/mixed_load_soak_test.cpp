// SPDX-License-Identifier: Apache-2.0
// Ten minutes of what mixed_load_test.cpp does for a few seconds, with 200 sessions.
#include <gmock/gmock.h>

#include "tests/integration/harness/mixed_load.h"

namespace plugbroker::harness {
namespace {

using testing::IsEmpty;

TEST(MixedLoadSoak, EveryCallOfTwoHundredSessionsInTenMinutesIsAccountedForExactlyOnce) {
  const MixedLoadResult result = run_mixed_load({.processes = 4, .sessions_of_each = 50, .seconds = 600});

  RecordProperty("calls", std::to_string(result.calls));
  std::printf("%zu calls\n", result.calls);
  EXPECT_GT(result.calls, 10'000u);
  EXPECT_THAT(result.contradictions, IsEmpty());
  EXPECT_THAT(result.left_behind, IsEmpty());
}

}  // namespace
}  // namespace plugbroker::harness
