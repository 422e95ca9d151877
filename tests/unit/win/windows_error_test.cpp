// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/windows_error.h"

#include <gtest/gtest.h>

#include <chrono>

#include "broker_core/win/awake_clock.h"
#include "broker_core/win/utf16.h"

namespace plugbroker::win {
namespace {

using namespace std::chrono_literals;

TEST(WindowsError, NamesTheCallTheObjectAndTheError) {
  const Status status = windows_error(ERROR_ACCESS_DENIED, "CreateFileW", "C:\\x.json");

  EXPECT_EQ(status.code, StatusCode::permission_denied);
  EXPECT_TRUE(status.message.starts_with("CreateFileW C:\\x.json: error 5")) << status.message;
}

TEST(WindowsError, GivesTheNumberOfAnErrorThatHasNoText) {
  EXPECT_EQ(error_text(0x3FFF'FFFF), "error 1073741823");
}

TEST(WindowsError, SaysWhatACallerCanDo) {
  EXPECT_EQ(windows_error(ERROR_FILE_NOT_FOUND, "x", "y").code, StatusCode::not_found);
  EXPECT_EQ(windows_error(ERROR_SHARING_VIOLATION, "x", "y").code, StatusCode::already_exists);
  EXPECT_EQ(windows_error(ERROR_PIPE_BUSY, "x", "y").code, StatusCode::resource_exhausted);
  EXPECT_EQ(windows_error(ERROR_BROKEN_PIPE, "x", "y").code, StatusCode::unavailable);
  EXPECT_EQ(windows_error(ERROR_INVALID_HANDLE, "x", "y").code, StatusCode::internal);
}

TEST(Utf16, ConvertsThereAndBack) {
  EXPECT_EQ(to_utf8(to_utf16("caf\xC3\xA9 \xF0\x9F\x98\x80")), "caf\xC3\xA9 \xF0\x9F\x98\x80");
  EXPECT_EQ(to_utf16(""), L"");
}

TEST(AwakeClock, NeverGoesBack) {
  const AwakeClock clock;
  const TimePoint before = clock.now();

  EXPECT_GT(before, TimePoint{});
  EXPECT_GE(clock.now(), before);
}

TEST(WaitMilliseconds, RoundsUpAndKnowsNoLimit) {
  constexpr TimePoint now{1h};

  EXPECT_EQ(wait_milliseconds(now, now), 0u);
  EXPECT_EQ(wait_milliseconds(now, now - 1s), 0u);
  EXPECT_EQ(wait_milliseconds(now, now + 1us), 1u);
  EXPECT_EQ(wait_milliseconds(now, now + 1500us), 2u);
  EXPECT_EQ(wait_milliseconds(now, far_future), INFINITE);
  EXPECT_EQ(wait_milliseconds(now, now + 1000h), 24u * 3600 * 1000);
}

}  // namespace
}  // namespace plugbroker::win
