// SPDX-License-Identifier: Apache-2.0
// What concerns the objects in a pool, and two settings of a pool together.
#include <gmock/gmock.h>

#include "tests/unit/config/config_outcome.h"

namespace plugbroker::config {
namespace {

using ::testing::ElementsAre;

TEST(ConfigPoolRules, RefuseMoreSpareWorkersThanWorkers) {
  EXPECT_THAT(read(with_pool_keys(R"("spare_workers":4,"max_workers":4)")).problems, ElementsAre());
  EXPECT_THAT(read(with_pool_keys(R"("spare_workers":5,"max_workers":4)")).problems,
              ElementsAre("/pools/p/spare_workers: 5 is more than max_workers, which is 4"));
}

TEST(ConfigPoolRules, RefuseAFirstProbeAfterTheLongestWait) {
  EXPECT_THAT(read(with_pool_keys(R"("breaker":{"probe_after":"5m"})")).problems, ElementsAre());
  EXPECT_THAT(read(with_pool_keys(R"("breaker":{"probe_after":"6m"})")).problems,
              ElementsAre("/pools/p/breaker/probe_after: 6m is more than probe_after_max, which is 5m"));
}

TEST(ConfigPoolRules, DoNotCompareWithAValueThatWasRefused) {
  EXPECT_THAT(read(with_pool_keys(R"("breaker":{"probe_after":"6m","probe_after_max":"0s"})")).problems,
              ElementsAre("/pools/p/breaker/probe_after_max: 0s is outside 100ms..24h"));
}

TEST(ConfigPoolRules, RefuseAnIdempotentRouteThatIsNotOneOfThePool) {
  EXPECT_THAT(read(with_pool_keys(R"("idempotent_routes":["r","x"])")).problems,
              ElementsAre(R"(/pools/p/idempotent_routes/1: "x" is not one of routes)"));
  EXPECT_THAT(read(with_pool_keys(R"("idempotent_routes":["r","r"])")).problems,
              ElementsAre(R"(/pools/p/idempotent_routes/1: "r" is there a second time)"));
}

TEST(ConfigPoolRules, DoNotBlameIdempotentRoutesForRoutesThatAreWrong) {
  EXPECT_THAT(read(R"({"pools":{"p":{"command":["C:\\w.exe"],"routes":[],"idempotent_routes":["r"]}}})").problems,
              ElementsAre("/pools/p/routes: 0 routes is outside 1..256"));
}

TEST(ConfigPoolRules, RefuseTimesOfDayThatAreNone) {
  const auto problems = [](const std::string& time) {
    return read(with_pool_keys(R"("recycle":{"at":["12:00",")" + time + R"("]})")).problems;
  };
  EXPECT_THAT(problems("23:59"), ElementsAre());
  for (const char* time :
       {"24:00", "12:60", "3:30", "03:30:00", "0330", "", "-1:30", "a3:30", "03:3a", "03.30", "٣:30"}) {
    EXPECT_THAT(problems(time), ElementsAre("/pools/p/recycle/at/1: \"" + std::string{time} +
                                            R"(" is no time of day: "HH:MM", from "00:00" to "23:59")"));
  }
}

TEST(ConfigPoolRules, RefuseATimeOfDayThatIsThereTwice) {
  EXPECT_THAT(read(with_pool_keys(R"("recycle":{"at":["03:30","04:30","03:30"]})")).problems,
              ElementsAre(R"(/pools/p/recycle/at/2: "03:30" is there a second time)"));
}

TEST(ConfigPoolRules, RefuseSandboxesThatOnlyCaseTellsApart) {
  const auto problems = [](const std::string& first, const std::string& second) {
    return read(R"({"pools":{"Docs":{"command":["C:\\w.exe"],"routes":["a"],"token":")" + first +
                R"("},"docs":{"command":["C:\\w.exe"],"routes":["b"],"token":")" + second + R"("}}})")
        .problems;
  };
  EXPECT_THAT(problems("sandbox", "restricted"), ElementsAre());
  EXPECT_THAT(problems("sandbox", "sandbox"),
              ElementsAre(R"(/pools/docs/token: the pool "Docs" is a sandbox too, and only case tells their names apart)"));
}

TEST(ConfigPoolRules, SuggestTheNearestNameInTheObjectsOfAPoolToo) {
  EXPECT_THAT(read(with_pool_keys(R"("recycle":{"after_call":1})")).problems,
              ElementsAre(R"(/pools/p/recycle/after_call: unknown key; did you mean "after_calls"?)"));
  EXPECT_THAT(read(with_pool_keys(R"("recycl":{})")).problems,
              ElementsAre(R"(/pools/p/recycl: unknown key; did you mean "recycle"?)"));
  EXPECT_THAT(read(with_pool_keys(R"("breaker":5)")).problems,
              ElementsAre("/pools/p/breaker: expects an object, found the number 5"));
}

TEST(ConfigPoolRules, GiveEachPoolItsOwnObjects) {
  const ConfigOutcome outcome = read(R"({"pools":{
      "a":{"command":["C:\\w.exe"],"routes":["a"],"breaker":{"failures":7}},
      "b":{"command":["C:\\w.exe"],"routes":["b"]}}})");

  ASSERT_THAT(outcome.problems, ElementsAre());
  EXPECT_EQ(outcome.config->pools[0].breaker.failures, 7u);
  EXPECT_EQ(outcome.config->pools[1].breaker.failures, 5u);
}

TEST(ConfigPoolRules, AccessThatIsNoneIsRefusedWithItsPlace) {
  EXPECT_THAT(read(with_pool_keys(R"x("access":"O:SYD:(A;;0x1;;;AU)")x")).problems,
              ElementsAre("/pools/p/access: names an owner or a group (O:, G:); the service adds its own"));
  EXPECT_THAT(
      read(with_pool_keys(R"("route_access":{"r":"everybody"})")).problems,
      ElementsAre("/pools/p/route_access/r: does not begin with D:, the list of who may call, such as D:(A;;0x1;;;AU)"));
}

TEST(ConfigPoolRules, AccessOfARouteThatIsNoneOfThePoolIsRefused) {
  EXPECT_THAT(read(with_pool_keys(R"x("route_access":{"x":"D:(A;;0x1;;;AU)"})x")).problems,
              ElementsAre(R"(/pools/p/route_access/x: "x" is not one of routes)"));
}

TEST(ConfigPoolRules, WindowsIsAskedAboutAccessThatIsSoundByItsForm) {
  std::vector<std::string> asked;
  const ConfigOutcome outcome = read_config(
      with_pool_keys(R"x("access":"D:(A;;0x1;;;ZZ)","route_access":{"r":"D:"})x"),
      [](const std::string&, PathKind) { return true; },
      [&](const std::string& sddl) {
        asked.push_back(sddl);
        return std::string{"is not understood by Windows: 1337"};
      });

  EXPECT_THAT(asked, ElementsAre("D:(A;;0x1;;;ZZ)"));
  EXPECT_THAT(outcome.problems, ElementsAre("/pools/p/access: is not understood by Windows: 1337",
                                            "/pools/p/route_access/r: has an empty list, so that nobody could call"));
}

TEST(ConfigPoolRules, WhatIsHeldForOneUserIsAtLeastAWindowAndAtMostWhatIsHeldForAll) {
  EXPECT_THAT(read(with_top_keys(R"("quotas":{"max_queued_bytes":1048576},
                                    "flow_control":{"stream_window_max_bytes":1048577},)"))
                  .problems,
              ElementsAre("/quotas/max_queued_bytes: 1048576 is less than flow_control.stream_window_max_bytes, which is "
                          "1048577"));
  EXPECT_THAT(
      read(with_top_keys(R"("limits":{"max_queued_bytes":268435455},)")).problems,
      ElementsAre("/limits/max_queued_bytes: 268435455 is less than quotas.max_queued_bytes, which is 268435456"));
}

}  // namespace
}  // namespace plugbroker::config
