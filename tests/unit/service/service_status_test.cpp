// SPDX-License-Identifier: Apache-2.0
#include "service/service_status.h"

#include <gtest/gtest.h>

namespace plugbroker::service {
namespace {

ServiceStatus running_service() {
  ServiceStatus status;
  status.apply(ServiceEvent::ready);
  return status;
}

TEST(ServiceStatus, BeginsStartPendingAndCanBeStoppedAlready) {
  const ServiceStatus status;

  EXPECT_EQ(status.report().phase, ServicePhase::start_pending);
  EXPECT_TRUE(status.report().accepts_stop);
  EXPECT_EQ(status.report().checkpoint, 1u);
}

TEST(ServiceStatus, RaisesTheCheckpointWithEachProgressOfAPendingPhase) {
  ServiceStatus status;

  EXPECT_EQ(status.apply(ServiceEvent::progress).checkpoint, 2u);
  EXPECT_EQ(status.apply(ServiceEvent::progress).checkpoint, 3u);
}

TEST(ServiceStatus, PromisesTheNextReportLaterThanItComes) {
  EXPECT_GE(ServiceStatus{}.report().wait_hint, 2 * progress_interval);
}

TEST(ServiceStatus, GoesFromStartPendingStraightToStopPending) {
  ServiceStatus status;
  EXPECT_TRUE(status.apply(ServiceEvent::progress).accepts_stop);

  EXPECT_EQ(status.apply(ServiceEvent::stop_requested).phase, ServicePhase::stop_pending);
  EXPECT_FALSE(status.report().accepts_stop);
  EXPECT_EQ(status.report().checkpoint, 1u);
  EXPECT_EQ(status.apply(ServiceEvent::ready).phase, ServicePhase::stop_pending);
}

TEST(ServiceStatus, AcceptsAStopUntilOneWasAskedFor) {
  ServiceStatus status = running_service();

  EXPECT_EQ(status.report(), (StatusReport{.phase = ServicePhase::running, .accepts_stop = true}));
  EXPECT_FALSE(status.apply(ServiceEvent::stop_requested).accepts_stop);
}

TEST(ServiceStatus, CountsTheCheckpointsOfAStopFromOne) {
  ServiceStatus status = running_service();

  EXPECT_EQ(status.apply(ServiceEvent::stop_requested).checkpoint, 1u);
  EXPECT_EQ(status.apply(ServiceEvent::progress).checkpoint, 2u);
}

TEST(ServiceStatus, IsNotChangedByASecondStop) {
  ServiceStatus status = running_service();
  status.apply(ServiceEvent::stop_requested);
  const StatusReport once = status.report();

  EXPECT_EQ(status.apply(ServiceEvent::stop_requested), once);
}

TEST(ServiceStatus, NeverGoesBack) {
  ServiceStatus status = running_service();
  EXPECT_EQ(status.apply(ServiceEvent::progress).phase, ServicePhase::running);
  status.apply(ServiceEvent::stop_requested);
  EXPECT_EQ(status.apply(ServiceEvent::ready).phase, ServicePhase::stop_pending);
  status.apply(ServiceEvent::stopped, 5);
  EXPECT_EQ(status.apply(ServiceEvent::ready).phase, ServicePhase::stopped);
  EXPECT_EQ(status.apply(ServiceEvent::stopped, 0).exit_code, 5u);
}

TEST(ServiceStatus, StopsFromEveryPhaseWithItsExitCode) {
  ServiceStatus starting;
  EXPECT_EQ(starting.apply(ServiceEvent::stopped, 1), (StatusReport{.phase = ServicePhase::stopped, .exit_code = 1}));
  ServiceStatus running = running_service();
  EXPECT_EQ(running.apply(ServiceEvent::stopped, 5), (StatusReport{.phase = ServicePhase::stopped, .exit_code = 5}));
}

}  // namespace
}  // namespace plugbroker::service
