// SPDX-License-Identifier: Apache-2.0
#include "installer/service_transition.h"

#include <gmock/gmock.h>

namespace plugbroker::installer {
namespace {

using ::testing::HasSubstr;

TEST(StoppedInsteadText, PointsToTheConsoleWhenThereMayBeNoLog) {
  EXPECT_THAT(stopped_instead_text(4), HasSubstr("exit code 4"));
  EXPECT_THAT(stopped_instead_text(4), HasSubstr("plugbroker-service console"));
}

TEST(StoppedInsteadText, PointsToCheckConfigForABadConfiguration) {
  EXPECT_THAT(stopped_instead_text(1), HasSubstr("plugbroker-service check-config"));
}

TEST(StoppedInsteadText, PointsToTheLogElse) {
  EXPECT_THAT(stopped_instead_text(5), HasSubstr("exit code 5"));
  EXPECT_THAT(stopped_instead_text(5), HasSubstr("the log"));
}

}  // namespace
}  // namespace plugbroker::installer
