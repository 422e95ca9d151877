// SPDX-License-Identifier: Apache-2.0
#include "service/evidence_setup.h"

#include <gmock/gmock.h>

#include <fstream>

#include "broker_core/win/utf16.h"
#include "service/data_folders.h"
#include "tests/scratch_folder.h"
#include "tests/unit/runtime/fakes/recorded_log.h"

namespace plugbroker::service {
namespace {

using namespace std::chrono_literals;
using ::testing::EndsWith;

constexpr const char* some_sid = "S-1-5-80-1-2-3-4-5";

config::EvidenceConfig cases_in(const std::filesystem::path& folder) {
  return {.folder = win::to_utf8(folder.native()), .max_cases = 3, .max_dump_bytes = 4, .dump_timeout = 5s};
}

TEST(EvidenceFolder, IsTheDefaultOneForAServiceAndNoneForAConsoleUnlessItIsNamed) {
  const config::EvidenceConfig unnamed{.folder = {}, .max_cases = 1, .max_dump_bytes = 1, .dump_timeout = 1s};

  const auto for_service = evidence_folder_path(unnamed, RunMode::service);
  const auto for_console = evidence_folder_path(unnamed, RunMode::console);
  const auto named = evidence_folder_path(cases_in(L"D:\\cases"), RunMode::console);

  ASSERT_TRUE(for_service.ok() && for_console.ok() && named.ok());
  ASSERT_TRUE(for_service->has_value());
  EXPECT_THAT((**for_service).string(), EndsWith("PlugBroker\\evidence"));
  EXPECT_FALSE(for_console->has_value());
  EXPECT_EQ(**named, L"D:\\cases");
}

TEST(EvidenceFolder, IsNoneWhenNoCasesAreToBeKept) {
  config::EvidenceConfig config = cases_in(L"D:\\cases");
  config.max_cases = 0;

  const auto folder = evidence_folder_path(config, RunMode::service);

  ASSERT_TRUE(folder.ok());
  EXPECT_FALSE(folder->has_value());
}

TEST(EvidenceSetup, MakesTheFolderAndHandsEverySettingOver) {
  const test::ScratchFolder scratch;
  test::RecordedLog log;

  const auto settings = open_evidence(cases_in(scratch.path() / "cases"), RunMode::service, some_sid, log);

  ASSERT_TRUE(settings.has_value());
  EXPECT_TRUE(std::filesystem::is_directory(scratch.path() / "cases"));
  EXPECT_EQ(settings->folder, scratch.path() / "cases");
  EXPECT_EQ(settings->max_cases, 3u);
  EXPECT_EQ(settings->max_dump_bytes, 4u);
  EXPECT_EQ(settings->dump_timeout, 5s);
  ASSERT_EQ(settings->dump_helper.size(), 1u);
  EXPECT_TRUE(settings->dump_helper[0].ends_with(L"\\plugbroker-dump.exe"));
}

TEST(EvidenceSetup, GoesOnWithoutAFolderThatCannotBeHadAndSaysSo) {
  const test::ScratchFolder scratch;
  std::ofstream{scratch.path() / "cases"} << "a file in its place";
  test::RecordedLog log;

  EXPECT_FALSE(open_evidence(cases_in(scratch.path() / "cases"), RunMode::service, some_sid, log).has_value());

  EXPECT_EQ(log.of_event("evidence_unavailable").size(), 1u);
}

TEST(SandboxFolder, IsOneForEachPublicPipe) {
  const auto for_service = sandbox_folder_path(R"(\\.\pipe\PlugBroker.Two)", false);
  const auto for_console = sandbox_folder_path(R"(\\.\pipe\PlugBroker.Two)", true);

  ASSERT_TRUE(for_service.ok() && for_console.ok());
  EXPECT_THAT(for_service->string(), EndsWith("PlugBroker\\sandbox\\PlugBroker.Two"));
  EXPECT_NE(*for_service, *for_console);
}

TEST(ShadowFolder, IsOneForEachPublicPipe) {
  const auto for_service = shadow_folder_path(R"(\\.\pipe\PlugBroker.Two)", false);
  const auto for_console = shadow_folder_path(R"(\\.\pipe\PlugBroker.Two)", true);

  ASSERT_TRUE(for_service.ok() && for_console.ok());
  EXPECT_THAT(for_service->string(), EndsWith("PlugBroker\\shadow\\PlugBroker.Two"));
  EXPECT_THAT(for_console->string(), EndsWith("PlugBroker\\shadow\\PlugBroker.Two"));
  EXPECT_NE(*for_service, *for_console);
}

}  // namespace
}  // namespace plugbroker::service
