// SPDX-License-Identifier: Apache-2.0
#include "installer/installer_turn.h"

#include <gmock/gmock.h>

#include <future>
#include <optional>

#include "tests/scratch_folder.h"

namespace plugbroker::installer {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr Duration hang_guard = 1min;

class InstallerTurnTest : public ::testing::Test {
 protected:
  const test::ScratchFolder scratch_;
  const std::filesystem::path place_ = scratch_.path() / "turn.lock";
};

TEST_F(InstallerTurnTest, OnlyOneHasItAtATime) {
  std::optional first = InstallerTurn::take(place_, hang_guard);
  ASSERT_TRUE(first->ok()) << first->status().message;

  const auto second = InstallerTurn::take(place_, 0ms);

  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.status().code, StatusCode::failed_precondition);
  EXPECT_THAT(second.status().message, HasSubstr("another plugbroker-install"));
  first.reset();
  EXPECT_TRUE(InstallerTurn::take(place_, 0ms).ok());
}

TEST_F(InstallerTurnTest, WhoComesLaterWaits) {
  std::optional first = InstallerTurn::take(place_, hang_guard);
  std::future<bool> second =
      std::async(std::launch::async, [this] { return InstallerTurn::take(place_, hang_guard).ok(); });

  first.reset();

  EXPECT_TRUE(second.get());
}

TEST_F(InstallerTurnTest, WhoMayNotMakeTheFileGoesOn) {
  EXPECT_TRUE(InstallerTurn::take(scratch_.path() / "no such folder" / "turn.lock", 0ms).ok());
}

TEST_F(InstallerTurnTest, LiesInTheWindowsFolder) {
  EXPECT_TRUE(std::filesystem::is_directory(InstallerTurn::default_place().parent_path()));
}

}  // namespace
}  // namespace plugbroker::installer
