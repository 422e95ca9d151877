// SPDX-License-Identifier: Apache-2.0
#include "service/process_hardening.h"

#include <gmock/gmock.h>

#include <fstream>

#include "broker_core/win/token_information.h"
#include "broker_core/win/utf16.h"
#include "tests/scratch_folder.h"
#include "tests/unit/runtime/fakes/recorded_log.h"

namespace plugbroker::service {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

bool runs_under_wine() {
  return GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "wine_get_version") != nullptr;
}

// What these do to this process cannot be taken back; nothing else here needs a privilege.
TEST(ProcessHardening, LeavesThisProcessOnePrivilegeAndSaysSo) {
  test::RecordedLog log;

  const auto missing = harden_process({.mode = RunMode::console}, log);

  ASSERT_TRUE(missing.ok()) << missing.status().message;
  EXPECT_THAT(*win::token_privileges(win::open_own_token(TOKEN_QUERY)->get()), ElementsAre("SeChangeNotifyPrivilege"));
  const auto lines = log.of_event("process_hardened");
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_THAT(lines[0].message, HasSubstr("SeChangeNotifyPrivilege alone; integrity: "));
}

TEST(ProcessHardening, ReportsALabelThatTheSystemDidNotKeep) {
  if (!runs_under_wine()) GTEST_SKIP() << "Windows: a label is kept";
  const test::ScratchFolder scratch;
  std::ofstream{scratch.path() / "plugbroker.json"} << "{}";
  test::RecordedLog log;

  const auto missing = harden_process({.mode = RunMode::service,
                                       .config_path = win::to_utf8((scratch.path() / "plugbroker.json").native())},
                                      log);

  ASSERT_TRUE(missing.ok()) << missing.status().message;
  EXPECT_THAT(*missing, ElementsAre(HasSubstr("the service's process has no label")));
  EXPECT_THAT(log.of_event("label_not_set"), SizeIs(2));
}

TEST(ProcessHardening, LabelsNoFileInAConsole) {
  test::RecordedLog log;

  label_for_service("C:\\nowhere.json", RunMode::console, log);

  EXPECT_THAT(log.of_event("label_not_set"), SizeIs(0));
}

}  // namespace
}  // namespace plugbroker::service
