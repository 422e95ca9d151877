// SPDX-License-Identifier: Apache-2.0
#include "service/scm_reporter.h"

#include <gmock/gmock.h>

#include <vector>

#include "broker_core/win/unique_handle.h"
#include "service/scm_controls.h"

namespace plugbroker::service {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class ScmReporterTest : public testing::Test {
 protected:
  static bool is_set(const win::UniqueHandle& event) { return WaitForSingleObject(event.get(), 0) == WAIT_OBJECT_0; }
  static win::UniqueHandle event() { return win::UniqueHandle{CreateEventW(nullptr, TRUE, FALSE, nullptr)}; }

  win::UniqueHandle stop_ = event();
  win::UniqueHandle reload_ = event();
  win::UniqueHandle shutdown_ = event();
  std::vector<SERVICE_STATUS> told_;
  ScmReporter reporter_{
      {.stop_requested = stop_.get(), .reload_requested = reload_.get(), .system_shuts_down = shutdown_.get()},
      [this](const SERVICE_STATUS& status) { told_.push_back(status); }};
};

TEST_F(ScmReporterTest, BeginsStartPendingWithACheckpointAndAHint) {
  reporter_.registered();

  ASSERT_THAT(told_, SizeIs(1));
  EXPECT_EQ(told_[0].dwServiceType, DWORD{SERVICE_WIN32_OWN_PROCESS});
  EXPECT_EQ(told_[0].dwCurrentState, DWORD{SERVICE_START_PENDING});
  EXPECT_EQ(told_[0].dwCheckPoint, 1u);
  EXPECT_GT(told_[0].dwWaitHint, 0u);
  EXPECT_EQ(told_[0].dwControlsAccepted, accepted_controls());
}

TEST_F(ScmReporterTest, TellsADegradedServiceAsRunning) {
  reporter_.degraded();
  reporter_.ready();

  ASSERT_THAT(told_, SizeIs(2));
  EXPECT_EQ(told_[0].dwCurrentState, DWORD{SERVICE_RUNNING});
  EXPECT_EQ(told_[1].dwCurrentState, DWORD{SERVICE_RUNNING});
}

TEST_F(ScmReporterTest, AsksTheRunToStopAndTellsItAtOnce) {
  reporter_.ready();

  EXPECT_EQ(reporter_.control(SERVICE_CONTROL_STOP), DWORD{NO_ERROR});

  EXPECT_TRUE(is_set(stop_));
  EXPECT_FALSE(is_set(shutdown_));
  EXPECT_EQ(told_.back().dwCurrentState, DWORD{SERVICE_STOP_PENDING});
  EXPECT_EQ(told_.back().dwControlsAccepted, 0u);
}

TEST_F(ScmReporterTest, TellsTheRunThatTheSystemGoesDown) {
  for (const DWORD control : {DWORD{SERVICE_CONTROL_PRESHUTDOWN}, DWORD{SERVICE_CONTROL_SHUTDOWN}}) {
    ResetEvent(shutdown_.get());
    ResetEvent(stop_.get());

    EXPECT_EQ(reporter_.control(control), DWORD{NO_ERROR});

    EXPECT_TRUE(is_set(shutdown_));
    EXPECT_TRUE(is_set(stop_));
  }
}

TEST_F(ScmReporterTest, ASecondStopIsHarmless) {
  reporter_.ready();
  reporter_.control(SERVICE_CONTROL_STOP);
  const std::size_t before = told_.size();

  EXPECT_EQ(reporter_.control(SERVICE_CONTROL_STOP), DWORD{NO_ERROR});
  EXPECT_EQ(reporter_.control(SERVICE_CONTROL_PRESHUTDOWN), DWORD{NO_ERROR});

  EXPECT_THAT(told_, SizeIs(before));
}

TEST_F(ScmReporterTest, AsksTheRunToReload) {
  EXPECT_EQ(reporter_.control(SERVICE_CONTROL_PARAMCHANGE), DWORD{NO_ERROR});

  EXPECT_TRUE(is_set(reload_));
  EXPECT_THAT(told_, IsEmpty());
}

TEST_F(ScmReporterTest, SaysItAgainWhenItIsInterrogated) {
  EXPECT_EQ(reporter_.control(SERVICE_CONTROL_INTERROGATE), DWORD{NO_ERROR});

  EXPECT_THAT(told_, SizeIs(1));
}

TEST_F(ScmReporterTest, ToleratesEventsOfSessionsAndPowerWithoutAnythingHappening) {
  reporter_.ready();
  told_.clear();
  for (const int control :
       {SERVICE_CONTROL_SESSIONCHANGE, SERVICE_CONTROL_POWEREVENT, SERVICE_CONTROL_DEVICEEVENT,
        SERVICE_CONTROL_HARDWAREPROFILECHANGE, SERVICE_CONTROL_TIMECHANGE, SERVICE_CONTROL_TRIGGEREVENT}) {
    EXPECT_EQ(reporter_.control(static_cast<DWORD>(control)), DWORD{NO_ERROR}) << control;
  }

  EXPECT_THAT(told_, IsEmpty());
  EXPECT_FALSE(is_set(stop_));
  EXPECT_FALSE(is_set(reload_));
}

TEST_F(ScmReporterTest, RefusesWhatItDoesNotKnow) {
  constexpr DWORD own_control = 200;

  EXPECT_EQ(reporter_.control(own_control), DWORD{ERROR_CALL_NOT_IMPLEMENTED});
  EXPECT_EQ(reporter_.control(SERVICE_CONTROL_PAUSE), DWORD{ERROR_CALL_NOT_IMPLEMENTED});
}

TEST_F(ScmReporterTest, TellsTheExitCodeAsTheServicesOwn) {
  reporter_.stopped(ExitCode::unreachable);

  EXPECT_EQ(told_.back().dwCurrentState, DWORD{SERVICE_STOPPED});
  EXPECT_EQ(told_.back().dwWin32ExitCode, DWORD{ERROR_SERVICE_SPECIFIC_ERROR});
  EXPECT_EQ(told_.back().dwServiceSpecificExitCode, 7u);
}

TEST_F(ScmReporterTest, TellsNoErrorAfterAStopThatWasAskedFor) {
  reporter_.ready();
  reporter_.control(SERVICE_CONTROL_STOP);
  reporter_.stopped(ExitCode::ok);

  EXPECT_EQ(told_.back().dwWin32ExitCode, DWORD{NO_ERROR});
  EXPECT_EQ(told_.back().dwServiceSpecificExitCode, 0u);
}

TEST_F(ScmReporterTest, NeverTellsNoErrorOfAServiceThatFailed) {
  reporter_.ready();
  reporter_.failing();
  EXPECT_EQ(told_.back().dwCurrentState, DWORD{SERVICE_STOP_PENDING});
  reporter_.control(SERVICE_CONTROL_STOP);
  reporter_.stopped(ExitCode::ok);

  EXPECT_EQ(told_.back().dwWin32ExitCode, DWORD{ERROR_SERVICE_SPECIFIC_ERROR});
  EXPECT_NE(told_.back().dwServiceSpecificExitCode, 0u);
}

}  // namespace
}  // namespace plugbroker::service
