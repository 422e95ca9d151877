// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/program_hardening.h"

#include <gmock/gmock.h>

#include <vector>

#include "tests/unit/win/exchanged_import.h"
#include "tests/unit/win/test_guard.h"

// The pointers through which everything in this program calls imported functions, under the linker's names.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" {
extern decltype(&SetDefaultDllDirectories) __imp_SetDefaultDllDirectories;
extern decltype(&SetProcessMitigationPolicy) __imp_SetProcessMitigationPolicy;
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

namespace plugbroker::win {
namespace {

struct Policy {
  PROCESS_MITIGATION_POLICY kind;
  DWORD flags;

  bool operator==(const Policy&) const = default;
};

DWORD dll_directories = 0;
std::vector<Policy> policies;

BOOL WINAPI take_directories(DWORD flags) {
  dll_directories = flags;
  return TRUE;
}

BOOL WINAPI take_policy(PROCESS_MITIGATION_POLICY kind, PVOID value, SIZE_T) {
  policies.push_back({kind, *static_cast<const DWORD*>(value)});
  return TRUE;
}

TEST(ProgramHardening, AsksForSystemDllsAndNoForeignOnes) {
  constexpr DWORD no_remote_no_low_prefer_system = 0x7;
  const auto real_directories = test::exchange_import(__imp_SetDefaultDllDirectories, &take_directories);
  const auto real_policy = test::exchange_import(__imp_SetProcessMitigationPolicy, &take_policy);

  harden_program();

  test::exchange_import(__imp_SetDefaultDllDirectories, real_directories);
  test::exchange_import(__imp_SetProcessMitigationPolicy, real_policy);
  EXPECT_EQ(dll_directories, DWORD{LOAD_LIBRARY_SEARCH_SYSTEM32});
  EXPECT_THAT(policies, testing::ElementsAre(Policy{ProcessExtensionPointDisablePolicy, 1},
                                             Policy{ProcessImageLoadPolicy, no_remote_no_low_prefer_system}));
}

// Cannot be taken back; nothing else here loads a DLL from elsewhere.
TEST(ProgramHardening, HoldsForTheProcess) {
  if (test::runs_under_wine()) GTEST_SKIP() << "Wine: mitigation policies are ignored";
  harden_program();

  PROCESS_MITIGATION_IMAGE_LOAD_POLICY images{};
  ASSERT_TRUE(GetProcessMitigationPolicy(GetCurrentProcess(), ProcessImageLoadPolicy, &images, sizeof images));
  EXPECT_EQ(images.NoRemoteImages, 1u);
  PROCESS_MITIGATION_EXTENSION_POINT_DISABLE_POLICY points{};
  ASSERT_TRUE(
      GetProcessMitigationPolicy(GetCurrentProcess(), ProcessExtensionPointDisablePolicy, &points, sizeof points));
  EXPECT_EQ(points.DisableExtensionPoints, 1u);
}

}  // namespace
}  // namespace plugbroker::win
