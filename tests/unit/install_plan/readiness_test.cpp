// SPDX-License-Identifier: Apache-2.0
#include "installer/plan/readiness.h"

#include <gmock/gmock.h>

namespace plugbroker::installer {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string pool(const std::string& name, int min_workers, const std::string& worker_state) {
  const std::string workers = worker_state.empty() ? "" : R"({"state":")" + worker_state + "\"}";
  return R"({"name":")" + name + R"(","min_workers":)" + std::to_string(min_workers) +
         R"(,"last_failure":"it broke","workers":[)" + workers + "]}";
}

std::string status(const std::string& state, const std::string& pools) {
  return R"({"state":")" + state + R"(","pools":[)" + pools + "]}";
}

TEST(ServingPools, AreThoseWithAWorkerThatIsReadyOrBusy) {
  const auto pools = serving_pools(
      status("running", pool("a", 1, "ready") + "," + pool("b", 1, "starting") + "," + pool("c", 1, "busy")));

  ASSERT_TRUE(pools.ok());
  EXPECT_THAT(*pools, ElementsAre("a", "c"));
}

TEST(MissingToServe, IsNothingWhenEveryPoolThatServedServesAgain) {
  EXPECT_EQ(*missing_to_serve(status("running", pool("a", 1, "ready") + "," + pool("b", 1, "")), {"a", "gone"}), "");
}

TEST(MissingToServe, NamesThePoolThatDoesNot) {
  EXPECT_THAT(*missing_to_serve(status("running", pool("a", 1, "starting")), {"a"}),
              ::testing::AllOf(HasSubstr("pool a"), HasSubstr("it broke")));
  EXPECT_THAT(*missing_to_serve(status("starting", pool("a", 1, "ready")), {"a"}), HasSubstr("starting"));
}

TEST(MissingToServe, DoesNotWaitForAPoolThatKeepsNoWorker) {
  EXPECT_EQ(*missing_to_serve(status("running", pool("a", 0, "")), {"a"}), "");
}

TEST(MissingToServe, RefusesADocumentOfAnotherForm) {
  EXPECT_FALSE(missing_to_serve("{}", {}).ok());
  EXPECT_FALSE(serving_pools("nothing").ok());
}

}  // namespace
}  // namespace plugbroker::installer
