// SPDX-License-Identifier: Apache-2.0
#include "service/service_life.h"

#include <gmock/gmock.h>

#include "tests/unit/service/service_life_world.h"

namespace plugbroker::service {
namespace {

using namespace std::chrono_literals;
using test::LifeWorld;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using Verdict = ProbeResult::Verdict;

LifeSettings settings() {
  return {.pipe = R"(\\.\pipe\A)",
          .admin_pipe = R"(\\.\pipe\B)",
          .ready_timeout = 30s,
          .stop_grace = 20s,
          .shutdown_grace = 5s,
          .self_probe_interval = 60s};
}

LifeSettings with_interval(Duration interval) {
  LifeSettings made = settings();
  made.self_probe_interval = interval;
  return made;
}

// The start.

TEST(ServiceLife, IsReadyWhenEveryPoolHasItsMinimumAndThePipeAnswers) {
  LifeWorld world{settings()};
  world.ready_at(2s);
  world.stop_at(10s);

  EXPECT_EQ(world.live(), ExitCode::ok);

  EXPECT_THAT(world.told, ElementsAre("starting", "starting", "log service_ready", "ready", "log service_stopping",
                                      "stopping", "log service_stopped"));
  EXPECT_THAT(world.messages.front(), AllOf(HasSubstr(R"(\\.\pipe\A)"), HasSubstr(R"(\\.\pipe\B)")));
}

TEST(ServiceLife, TellsEachSecondThatItStillStarts) {
  LifeWorld world{settings()};
  world.ready_at(10s);
  world.stop_at(20s);

  static_cast<void>(world.live());

  EXPECT_EQ(world.count("starting"), 10);
}

TEST(ServiceLife, RunsDegradedWhenAPoolIsNotReadyInTimeAndSaysWhichOne) {
  LifeWorld world{settings()};
  world.ready_at(24h);
  world.stop_at(40s);

  EXPECT_EQ(world.live(), ExitCode::ok);

  EXPECT_EQ(world.count("degraded"), 1);
  EXPECT_FALSE(world.was_told("ready"));
  EXPECT_TRUE(world.was_told("log service_ready"));
  EXPECT_TRUE(world.was_told("log service_degraded"));
  EXPECT_THAT(world.messages, Contains(HasSubstr("markdown has 0 of 1 worker after 30s")));
}

TEST(ServiceLife, IsReadyAfterAllOnceTheLastPoolHasCaughtUp) {
  LifeWorld world{settings()};
  world.ready_at(90s);
  world.stop_at(200s);

  EXPECT_EQ(world.live(), ExitCode::ok);

  EXPECT_EQ(world.count("degraded"), 1);
  EXPECT_EQ(world.count("log service_recovered"), 1);
  EXPECT_EQ(world.count("ready"), 1);
}

TEST(ServiceLife, CanBeStoppedWhileItStarts) {
  LifeWorld world{settings()};
  world.ready_at(24h);
  world.stop_at(3s);

  EXPECT_EQ(world.live(), ExitCode::ok);

  EXPECT_FALSE(world.was_told("ready"));
  EXPECT_FALSE(world.was_told("degraded"));
  EXPECT_TRUE(world.was_told("log service_stopped"));
}

TEST(ServiceLife, LeavesAReloadForWhenTheStartIsOver) {
  LifeWorld world{settings()};
  world.ready_at(5s);
  world.reload_at(1s);
  world.stop_at(10s);

  static_cast<void>(world.live());

  EXPECT_THAT(world.reloads, ElementsAre("the service control manager"));
}

// The stop.

TEST(ServiceLife, GivesRunningCallsTheGraceOfAStop) {
  LifeWorld world{settings()};
  world.stop_at(1s);

  EXPECT_EQ(world.live(), ExitCode::ok);

  EXPECT_THAT(world.graces, ElementsAre(20s));
}

TEST(ServiceLife, GivesRunningCallsTheGraceOfAShutdownWhenTheSystemGoesDown) {
  LifeWorld world{settings()};
  world.stop_at(1s);
  world.system_goes_down();

  EXPECT_EQ(world.live(), ExitCode::ok);

  EXPECT_THAT(world.graces, ElementsAre(5s));
  EXPECT_THAT(world.messages, Contains(HasSubstr("the system shuts down")));
}

TEST(ServiceLife, TellsEachSecondThatItStillStops) {
  LifeWorld world{settings()};
  world.stop_at(1s);
  world.drain_takes(10s);

  EXPECT_EQ(world.live(), ExitCode::ok);

  EXPECT_GE(world.count("stopping"), 10);
}

TEST(ServiceLife, BreaksDownWhenAStopDoesNotEndInTime) {
  LifeWorld world{settings()};
  world.stop_at(1s);
  world.drain_takes(24h);

  EXPECT_EQ(world.live(), ExitCode::broke_down);

  EXPECT_TRUE(world.was_told("failing"));
  EXPECT_TRUE(world.was_told("log service_broke_down"));
  EXPECT_FALSE(world.was_told("log service_stopped"));
}

TEST(ServiceLife, HasTimeForAShutdownGraceThatIsLongerThanThatOfAStop) {
  LifeSettings patient = settings();
  patient.shutdown_grace = 5min;
  LifeWorld world{patient};
  world.stop_at(1s);
  world.system_goes_down();
  world.drain_takes(5min + 20s);

  EXPECT_EQ(world.live(), ExitCode::ok);
}

// What is broken.

TEST(ServiceLife, BreaksDownWhenTheLoopEndsWithoutBeingAskedTo) {
  LifeWorld starting{settings()};
  starting.ready_at(24h);
  starting.loop_ends_at(1s);
  EXPECT_EQ(starting.live(), ExitCode::broke_down);
  EXPECT_TRUE(starting.was_told("failing"));

  LifeWorld running{settings()};
  running.loop_ends_at(100s);
  EXPECT_EQ(running.live(), ExitCode::broke_down);
  EXPECT_TRUE(running.was_told("log service_broke_down"));
}

TEST(ServiceLife, ProbesItsPipeAtTheStartAndThenAtIntervals) {
  LifeWorld world{settings()};
  world.stop_at(200s);

  static_cast<void>(world.live());

  EXPECT_THAT(world.probed_at, ElementsAre(0s, 60s, 120s, 180s));
}

TEST(ServiceLife, ProbesItsPipeOnceWhenThereIsNoInterval) {
  LifeWorld world{with_interval(0s)};
  world.stop_at(24h);

  static_cast<void>(world.live());

  EXPECT_THAT(world.probed_at, ElementsAre(0s));
}

TEST(ServiceLife, ForgivesAProbeThatFailedOnce) {
  LifeWorld world{settings()};
  world.probes({Verdict::answered, Verdict::failed, Verdict::failed, Verdict::answered});
  world.stop_at(100s);

  EXPECT_EQ(world.live(), ExitCode::ok);

  EXPECT_THAT(world.probed_at, ElementsAre(0s, 60s, 65s, 70s));
  EXPECT_EQ(world.count("log self_probe_failed"), 2);
  EXPECT_FALSE(world.was_told("failing"));
}

TEST(ServiceLife, DrainsAndEndsUnreachableWhenThreeProbesInARowFail) {
  LifeWorld world{settings()};
  world.probes({Verdict::answered, Verdict::failed, Verdict::failed, Verdict::failed});
  world.stop_at(24h);
  world.drain_takes(3s);

  EXPECT_EQ(world.live(), ExitCode::unreachable);

  EXPECT_TRUE(world.was_told("log service_unreachable"));
  EXPECT_TRUE(world.was_told("failing"));
  EXPECT_THAT(world.messages, Contains(AllOf(HasSubstr(R"(\\.\pipe\A)"), HasSubstr("because"))));
  EXPECT_THAT(world.graces, ElementsAre(20s));
  EXPECT_EQ(world.ended_at, 73s);
}

TEST(ServiceLife, DoesNotGetReadyWhileItsPipeIsInDoubt) {
  LifeSettings hasty = settings();
  hasty.ready_timeout = 0s;
  LifeWorld world{hasty};
  world.probes({Verdict::failed, Verdict::failed, Verdict::failed});
  world.stop_at(24h);

  EXPECT_EQ(world.live(), ExitCode::unreachable);

  EXPECT_FALSE(world.was_told("ready"));
  EXPECT_FALSE(world.was_told("degraded"));
}

TEST(ServiceLife, IsNotKeptFromRunningByProbesThatDecideNothing) {
  LifeWorld world{settings()};
  world.probes(std::vector<Verdict>(100, Verdict::undecided));
  world.stop_at(60s);

  EXPECT_EQ(world.live(), ExitCode::ok);

  EXPECT_EQ(world.count("ready"), 1);
  EXPECT_FALSE(world.was_told("log self_probe_failed"));
}

TEST(ServiceLife, CountsFailuresInARowOnly) {
  LifeWorld world{settings()};
  world.probes({Verdict::failed, Verdict::failed, Verdict::undecided, Verdict::failed, Verdict::failed});
  world.stop_at(60s);

  EXPECT_EQ(world.live(), ExitCode::ok);
}

TEST(ServiceLife, BreaksDownWhenTheDrainOfAnUnreachableServiceHangs) {
  LifeWorld world{settings()};
  world.probes({Verdict::failed, Verdict::failed, Verdict::failed});
  world.drain_takes(24h);

  EXPECT_EQ(world.live(), ExitCode::broke_down);
}

}  // namespace
}  // namespace plugbroker::service
