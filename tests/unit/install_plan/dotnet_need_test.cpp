// SPDX-License-Identifier: Apache-2.0
#include "installer/plan/dotnet_need.h"

#include <gmock/gmock.h>

namespace plugbroker::installer {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(NeededFrameworks, AreThoseThatAnAppDoesNotBring) {
  const auto one =
      needed_frameworks(R"({"runtimeOptions":{"framework":{"name":"Microsoft.NETCore.App","version":"10.0.0"}}})");
  const auto two = needed_frameworks(
      R"({"runtimeOptions":{"frameworks":[{"name":"A","version":"8.0.1"},{"name":"B","version":"8.0.0"}]}})");
  const auto own = needed_frameworks(R"({"runtimeOptions":{"includedFrameworks":[{"name":"A","version":"8.0.1"}]}})");

  ASSERT_TRUE(one.ok() && two.ok() && own.ok());
  EXPECT_THAT(*one, ElementsAre(DotnetFramework{"Microsoft.NETCore.App", "10.0.0"}));
  EXPECT_EQ(two->size(), 2u);
  EXPECT_THAT(*own, IsEmpty());
  EXPECT_FALSE(needed_frameworks("{").ok());
  EXPECT_FALSE(needed_frameworks(R"({"runtimeOptions":{"framework":{"name":"A"}}})").ok());
}

TEST(VersionServes, WhenItIsOfTheSameMajorVersionAndNotOlder) {
  EXPECT_TRUE(version_serves("8.0.1", {"7.0.9", "8.0.1"}));
  EXPECT_TRUE(version_serves("8.0.1", {"8.1.0"}));
  EXPECT_TRUE(version_serves("8.0.0", {"8.0.0-preview.1"}));
  EXPECT_FALSE(version_serves("8.0.2", {"8.0.1", "9.0.0"}));
  EXPECT_FALSE(version_serves("8.0.2", {}));
}

}  // namespace
}  // namespace plugbroker::installer
