// SPDX-License-Identifier: Apache-2.0
#include "service/service_status.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "broker_core/engine/diagrams/diagram_text.h"
#include "service/exit_code.h"
#include "tests/unit/service/document_part.h"

namespace plugbroker::service {
namespace {

constexpr std::uint32_t broke_down = static_cast<std::uint32_t>(ExitCode::broke_down);

/// A service that has come to that phase on a shortest way.
ServiceStatus service_in(ServicePhase phase) {
  ServiceStatus status;
  if (phase == ServicePhase::running) status.apply(ServiceEvent::ready);
  if (phase == ServicePhase::degraded) status.apply(ServiceEvent::overdue);
  if (phase == ServicePhase::stop_pending) status.apply(ServiceEvent::stop_requested);
  if (phase == ServicePhase::failing) status.apply(ServiceEvent::failed);
  if (phase == ServicePhase::stopped) status.apply(ServiceEvent::stopped, 5);
  EXPECT_EQ(status.report().phase, phase);
  return status;
}

ServicePhase phase_number(std::size_t index) {
  return static_cast<ServicePhase>(index);
}

TEST(ServiceStatus, MovesExactlyAsTheTableSaysAndIgnoresEverythingElse) {
  std::size_t rows = 0;
  for (std::size_t phase = 0; phase < service_phases; ++phase) {
    for (std::size_t event = 0; event < service_events; ++event) {
      SCOPED_TRACE(std::string{to_string(phase_number(phase))} + " on " +
                   std::string{to_string(static_cast<ServiceEvent>(event))});
      const auto next = service_machine().next(phase_number(phase), static_cast<ServiceEvent>(event));
      rows += next ? 1u : 0u;
      ServiceStatus status = service_in(phase_number(phase));
      const StatusReport before = status.report();
      const StatusReport after = status.apply(static_cast<ServiceEvent>(event), 4);
      EXPECT_EQ(after.phase, next.value_or(before.phase));
      EXPECT_TRUE(next || after == before);
    }
  }
  EXPECT_EQ(rows, service_machine().rows().size());
}

TEST(ServiceStatus, ReachesEveryPhaseAndEndsStopped) {
  std::set<ServicePhase> reached{ServicePhase::start_pending};
  std::set<ServicePhase> left;
  for (std::size_t round = 0; round < service_phases; ++round) {
    for (const ServiceMachine::Row& row : service_machine().rows()) {
      if (reached.contains(row.from)) reached.insert(row.to);
      if (row.from != row.to) left.insert(row.from);
    }
  }

  EXPECT_EQ(reached.size(), service_phases);
  EXPECT_EQ(left.size(), service_phases - 1);
  EXPECT_FALSE(left.contains(ServicePhase::stopped));
}

TEST(ServiceStatus, BeginsStartPendingAndCanBeStoppedAlready) {
  const ServiceStatus status;

  EXPECT_EQ(status.report().phase, ServicePhase::start_pending);
  EXPECT_TRUE(status.report().accepts_stop);
  EXPECT_EQ(status.report().checkpoint, 1u);
}

TEST(ServiceStatus, RaisesTheCheckpointWithEachProgressOfAPendingPhase) {
  for (const ServicePhase phase : {ServicePhase::start_pending, ServicePhase::stop_pending, ServicePhase::failing}) {
    SCOPED_TRACE(to_string(phase));
    ServiceStatus status = service_in(phase);

    EXPECT_EQ(status.report().checkpoint, 1u);
    EXPECT_EQ(status.apply(ServiceEvent::progress).checkpoint, 2u);
    EXPECT_EQ(status.apply(ServiceEvent::progress).checkpoint, 3u);
  }
}

TEST(ServiceStatus, PromisesTheNextReportLaterThanItComes) {
  EXPECT_GE(ServiceStatus{}.report().wait_hint, 2 * progress_interval);
}

TEST(ServiceStatus, HasNeitherCheckpointNorHintWhenNothingIsPending) {
  for (const ServicePhase phase : {ServicePhase::running, ServicePhase::degraded}) {
    EXPECT_EQ(service_in(phase).report(), (StatusReport{.phase = phase, .accepts_stop = true}));
  }
}

TEST(ServiceStatus, GoesFromStartPendingStraightToStopPending) {
  ServiceStatus status;
  EXPECT_TRUE(status.apply(ServiceEvent::progress).accepts_stop);

  EXPECT_EQ(status.apply(ServiceEvent::stop_requested).phase, ServicePhase::stop_pending);
  EXPECT_FALSE(status.report().accepts_stop);
  EXPECT_EQ(status.report().checkpoint, 1u);
}

TEST(ServiceStatus, IsNotChangedByASecondStop) {
  ServiceStatus status = service_in(ServicePhase::running);
  status.apply(ServiceEvent::stop_requested);
  const StatusReport once = status.report();

  EXPECT_EQ(status.apply(ServiceEvent::stop_requested), once);
}

TEST(ServiceStatus, IsRunningOnceTheLastPoolHasCaughtUp) {
  ServiceStatus status = service_in(ServicePhase::degraded);

  EXPECT_EQ(status.apply(ServiceEvent::ready).phase, ServicePhase::running);
}

TEST(ServiceStatus, GoesOnCountingWhenAStopTurnsOutToFail) {
  ServiceStatus status = service_in(ServicePhase::stop_pending);
  status.apply(ServiceEvent::progress);

  EXPECT_EQ(status.apply(ServiceEvent::failed).checkpoint, 2u);
  EXPECT_EQ(status.apply(ServiceEvent::progress).checkpoint, 3u);
}

TEST(ServiceStatus, StopsFromEveryPhaseWithItsExitCode) {
  for (const ServicePhase phase : {ServicePhase::start_pending, ServicePhase::running, ServicePhase::degraded,
                                   ServicePhase::stop_pending, ServicePhase::failing}) {
    ServiceStatus status = service_in(phase);

    EXPECT_EQ(status.apply(ServiceEvent::stopped, 4), (StatusReport{.phase = ServicePhase::stopped, .exit_code = 4}));
  }
}

TEST(ServiceStatus, StopsWithZeroOnlyWhenItWasAskedToStopAndNothingWasBroken) {
  EXPECT_EQ(service_in(ServicePhase::stop_pending).apply(ServiceEvent::stopped, 0).exit_code, 0u);
  EXPECT_EQ(service_in(ServicePhase::start_pending).apply(ServiceEvent::stopped, 0).exit_code, broke_down);
  EXPECT_EQ(service_in(ServicePhase::running).apply(ServiceEvent::stopped, 0).exit_code, broke_down);
  EXPECT_EQ(service_in(ServicePhase::degraded).apply(ServiceEvent::stopped, 0).exit_code, broke_down);
  EXPECT_EQ(service_in(ServicePhase::failing).apply(ServiceEvent::stopped, 0).exit_code, broke_down);
}

TEST(ServiceStatus, KeepsTheExitCodeItStoppedWith) {
  ServiceStatus status = service_in(ServicePhase::stopped);

  EXPECT_EQ(status.apply(ServiceEvent::stopped, 0).exit_code, 5u);
}

TEST(ServiceDiagram, InTheArchitectureDocumentIsThatOfTheTable) {
  EXPECT_EQ(test::document_part("docs/ARCHITECTURE.md", "service diagram"),
            engine::diagram_of("Service", service_machine()));
}

}  // namespace
}  // namespace plugbroker::service
