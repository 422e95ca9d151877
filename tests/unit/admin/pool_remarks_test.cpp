// SPDX-License-Identifier: Apache-2.0
#include "broker_core/admin/pool_remarks.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

namespace plugbroker::admin {
namespace {

boost::json::object pool(const char* fields) {
  return boost::json::parse(std::string{R"({"name":"p")"} + fields + '}').get_object();
}

TEST(PoolState, IsTheFirstOfItsWordsThatHolds) {
  EXPECT_EQ(pool_state(pool(R"(,"drained":true,"breaker":"open")")), "drained");
  EXPECT_EQ(pool_state(pool(R"(,"breaker":"open","next_start_in_ms":5,"workers":[{"state":"ready"}])")),
            "breaker open");
  EXPECT_EQ(pool_state(pool(R"(,"breaker":"half_open","workers":[{"state":"starting"}])")), "probing");
  EXPECT_EQ(pool_state(pool(R"(,"attached_only":true)")), "awaits worker");
  EXPECT_EQ(pool_state(pool(R"(,"next_start_in_ms":5,"workers":[{"state":"busy"}])")), "serving");
  EXPECT_EQ(pool_state(pool(R"(,"next_start_in_ms":5,"workers":[{"state":"draining"}])")), "backing off");
  EXPECT_EQ(pool_state(pool(R"(,"workers":[{"state":"starting"}])")), "starting");
  EXPECT_EQ(pool_state(pool(R"(,"workers":[{"state":"draining"}])")), "ending");
  EXPECT_EQ(pool_state(pool("")), "no worker");
}

TEST(PoolRemarks, SayNothingOfAPoolThatIsWell) {
  EXPECT_EQ(pool_remarks(pool(R"(,"breaker":"closed","drained":false,"workers":[{"id":1,"state":"ready"}])")), "");
}

TEST(PoolRemarks, SayThatAnAdministratorDrainedIt) {
  EXPECT_EQ(pool_remarks(pool(R"(,"drained":true)")),
            "p: drained by an administrator, takes no calls until it is resumed\n");
}

TEST(PoolRemarks, SayWhatTheBreakerDoesAndWhenItTriesNext) {
  EXPECT_EQ(pool_remarks(pool(R"(,"breaker":"open","failures_in_window":5,"next_start_in_ms":12000,
                                  "last_failure":"it died","last_failure_age_ms":1000)")),
            "p: breaker open after 5 failures, calls fail at once, next probe in 12 s\n"
            "p: last failure 1 s ago: it died\n");
  EXPECT_EQ(
      pool_remarks(pool(R"(,"breaker":"open","failures_in_window":5,"workers":[{"id":3,"state":"draining"}])")),
      "p: breaker open after 5 failures, calls fail at once, next probe when a worker that is being ended is gone\n");
  EXPECT_EQ(pool_remarks(pool(R"(,"breaker":"half_open","failures_in_window":5)")),
            "p: breaker half open after 5 failures, a probe is under way\n");
}

TEST(PoolRemarks, SayThatAReplacementDidNotComeUp) {
  EXPECT_EQ(pool_remarks(pool(R"(,"last_recycle_problem":"worker 9 ended with exit code 1")")),
            "p: a replacement did not come up, the old worker serves on: worker 9 ended with exit code 1\n");
}

TEST(PoolRemarks, SayWhichWorkersAreToBeRecycledAndWhy) {
  EXPECT_EQ(pool_remarks(pool(R"(,"workers":[{"id":3,"to_be_recycled":true,"recycle_reason":"memory"},{"id":4}])")),
            "p: worker 3 is to be recycled (memory) and serves until its replacement is ready\n");
}

}  // namespace
}  // namespace plugbroker::admin
