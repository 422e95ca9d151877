// SPDX-License-Identifier: Apache-2.0
#include "service/crash_report.h"

#include <gtest/gtest.h>
#include <windows.h>

#include <cstdio>
#include <stdexcept>
#include <thread>

#include "broker_core/base/assert.h"
#include "broker_core/win/awake_clock.h"
#include "service/exit_code.h"

namespace plugbroker::service {
namespace {

/// Prints, so that the process that starts this one sees it.
class PrintingWriter : public EventWriter {
 public:
  void write(const WindowsEvent& event) override {
    std::fprintf(stderr, "event %u: %s\n", static_cast<unsigned>(event.whole_id & 0xFFFF), event.texts.at(1).c_str());
    std::fflush(stderr);
  }
};

void with_crash_report(void (*crash)()) {
  static const win::AwakeClock clock;
  EventLog log{"Broker", std::make_unique<PrintingWriter>(), clock};
  const CrashReport report{log};
  crash();
}

const auto ends_broken_down = testing::ExitedWithCode(static_cast<int>(ExitCode::broke_down));

class CrashReportDeathTest : public testing::Test {
 protected:
  CrashReportDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

TEST_F(CrashReportDeathTest, TellsOfABrokenInvariant) {
  EXPECT_EXIT(with_crash_report([] { PLUGBROKER_ASSERT(1 + 1 == 3); }), ends_broken_down,
              "event 113: .*broken invariant: 1 \\+ 1 == 3");
}

TEST_F(CrashReportDeathTest, TellsOfAnExceptionThatNobodyCatches) {
  EXPECT_EXIT(with_crash_report([] { std::thread([] { throw std::runtime_error("no more rope"); }).join(); }),
              ends_broken_down, "event 113: uncaught exception: no more rope");
}

TEST_F(CrashReportDeathTest, TellsOfAnAccessViolation) {
  EXPECT_EXIT(
      with_crash_report([] { std::thread([] { RaiseException(EXCEPTION_ACCESS_VIOLATION, 0, 0, nullptr); }).join(); }),
      ends_broken_down, "event 113: exception 0xC0000005");
}

TEST(CrashReport, LeavesNothingBehindThatReports) {
  static const win::AwakeClock clock;
  EventLog log{"Broker", std::make_unique<PrintingWriter>(), clock};
  {
    const CrashReport report{log};
  }
  const CrashReport again{log};
}

}  // namespace
}  // namespace plugbroker::service
