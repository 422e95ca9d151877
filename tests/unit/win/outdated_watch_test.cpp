// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/outdated_watch.h"

#include <gmock/gmock.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "broker_core/win/deployed_program.h"
#include "broker_core/win/shadow_copies.h"
#include "broker_core/win/utf16.h"
#include "tests/scratch_folder.h"
#include "tests/unit/win/process_bench.h"

namespace plugbroker::win {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

namespace fs = std::filesystem;

void write(const fs::path& file, std::string_view text) {
  std::ofstream{file, std::ios::binary | std::ios::trunc} << text;
}

std::string text_of(const fs::path& path) {
  return to_utf8(path.native());
}

/// A junction, for which nobody needs a right. Under Wine there is none.
void make_folder_link(const fs::path& link, const fs::path& target) {
  const std::wstring command = L"cmd /c mklink /J \"" + link.native() + L"\" \"" + target.native() + L"\" >nul 2>nul";
  (void)_wsystem(command.c_str());
}

class DeployedFiles : public ::testing::Test {
 protected:
  DeployedFiles() {
    fs::create_directories(app_ / "lib");
    write(app_ / "worker.exe", "a program");
    write(app_ / "worker.dll", "an assembly");
    write(app_ / "lib" / "more.txt", "more");
  }

  const test::ScratchFolder scratch_;
  const fs::path app_ = fs::canonical(scratch_.path()) / "app";
  const fs::path shadow_ = scratch_.path() / "shadow";
};

using DeployedProgramTest = DeployedFiles;

TEST_F(DeployedProgramTest, IsTheProgramItselfUnlessAnArgumentIsALibrary) {
  const LaunchSpec spec{
      .pool = "p", .command = {text_of(app_ / "worker.exe"), "--x", "missing.dll"}, .working_directory = ""};

  const auto deployed = deployed_program(spec);

  ASSERT_TRUE(deployed.ok());
  EXPECT_EQ(deployed->folder, app_);
  EXPECT_THAT(started_from_copy(spec, *deployed, L"C:\\copy").command,
              ElementsAre("C:\\copy\\worker.exe", "--x", "missing.dll"));
}

TEST_F(DeployedProgramTest, IsTheFirstArgumentThatIsALibrary) {
  const LaunchSpec spec{.pool = "p",
                        .command = {"C:\\dotnet\\dotnet.exe", "exec", text_of(app_ / "worker.dll"), "a"},
                        .working_directory = ""};

  const auto deployed = deployed_program(spec);

  ASSERT_TRUE(deployed.ok());
  EXPECT_EQ(deployed->folder, app_);
  EXPECT_THAT(started_from_copy(spec, *deployed, L"C:\\copy").command,
              ElementsAre("C:\\dotnet\\dotnet.exe", "exec", "C:\\copy\\worker.dll", "a"));
}

TEST_F(DeployedProgramTest, ALibraryBesideItsProgramTakesTheProgramWithIt) {
  const LaunchSpec spec{
      .pool = "p", .command = {text_of(app_ / "worker.exe"), "worker.dll"}, .working_directory = text_of(app_)};

  const auto deployed = deployed_program(spec);

  ASSERT_TRUE(deployed.ok());
  EXPECT_THAT(started_from_copy(spec, *deployed, L"C:\\copy").command,
              ElementsAre("C:\\copy\\worker.exe", "C:\\copy\\worker.dll"));
}

TEST_F(DeployedProgramTest, NeedsAnAbsoluteProgram) {
  EXPECT_FALSE(deployed_program({.pool = "p", .command = {"worker.exe"}, .working_directory = ""}).ok());
}

using ShadowCopiesTest = DeployedFiles;

TEST_F(ShadowCopiesTest, ACopyHasEveryFileOfTheFolderAndBelowIt) {
  auto copies = ShadowCopies::open(shadow_);
  ASSERT_TRUE(copies.ok());

  const auto copy = (*copies)->make(app_, "markdown");

  ASSERT_TRUE(copy.ok()) << copy.status().message;
  EXPECT_EQ((*copy)->filename(), "markdown-1");
  EXPECT_EQ(fs::file_size(**copy / "worker.exe"), 9u);
  EXPECT_EQ(fs::file_size(**copy / "lib" / "more.txt"), 4u);
}

TEST_F(ShadowCopiesTest, ACopyIsDeletedWhenNobodyUsesItAnyMore) {
  auto copies = ShadowCopies::open(shadow_);
  ASSERT_TRUE(copies.ok());
  auto copy = (*copies)->make(app_, "markdown");
  ASSERT_TRUE(copy.ok());
  const fs::path folder = **copy;
  ShadowCopies::Copy other_owner = *copy;
  copy = ShadowCopies::Copy{};
  (*copies)->delete_unused();
  EXPECT_TRUE(fs::exists(folder));

  other_owner.reset();
  (*copies)->delete_unused();

  EXPECT_FALSE(fs::exists(folder));
}

TEST_F(ShadowCopiesTest, ACopyOfAReadOnlyFileCanBeDeleted) {
  SetFileAttributesW((app_ / "worker.dll").c_str(), FILE_ATTRIBUTE_READONLY);
  auto copies = ShadowCopies::open(shadow_);
  ASSERT_TRUE(copies.ok());

  auto copy = (*copies)->make(app_, "markdown");
  ASSERT_TRUE(copy.ok());
  const fs::path folder = **copy;
  copy = ShadowCopies::Copy{};
  (*copies)->delete_unused();

  EXPECT_FALSE(fs::exists(folder));
  SetFileAttributesW((app_ / "worker.dll").c_str(), FILE_ATTRIBUTE_NORMAL);
}

TEST_F(ShadowCopiesTest, WhatAnEarlierRunLeftIsDeleted) {
  fs::create_directories(shadow_ / "markdown-7");
  write(shadow_ / "markdown-7" / "worker.exe", "old");

  ASSERT_TRUE(ShadowCopies::open(shadow_).ok());

  EXPECT_FALSE(fs::exists(shadow_ / "markdown-7"));
}

TEST_F(ShadowCopiesTest, ACopyIsDeletedWithFoldersBelowItAndWhatTheWorkerWroteThere) {
  auto copies = ShadowCopies::open(shadow_);
  ASSERT_TRUE(copies.ok());
  auto copy = (*copies)->make(app_, "markdown");
  ASSERT_TRUE(copy.ok());
  const fs::path folder = **copy;
  fs::create_directories(folder / "a" / "b" / "c");
  write(folder / "a" / "b" / "c" / "written.txt", "by the worker");
  SetFileAttributesW((folder / "a" / "b" / "c" / "written.txt").c_str(), FILE_ATTRIBUTE_READONLY);

  copy = ShadowCopies::Copy{};
  (*copies)->delete_unused();

  EXPECT_FALSE(fs::exists(folder));
}

// A worker may write into its copy, with fewer rights than who deletes it.
TEST_F(ShadowCopiesTest, WhatALinkInACopyLeadsToIsNotDeletedWithIt) {
  auto copies = ShadowCopies::open(shadow_);
  ASSERT_TRUE(copies.ok());
  auto copy = (*copies)->make(app_, "markdown");
  ASSERT_TRUE(copy.ok());
  const fs::path folder = **copy;
  const fs::path elsewhere = scratch_.path() / "elsewhere";
  fs::create_directories(elsewhere);
  write(elsewhere / "precious.txt", "not the worker's");
  make_folder_link(folder / "link", elsewhere);
  if (!fs::exists(folder / "link")) GTEST_SKIP() << "Wine: a folder can't be made a link";

  copy = ShadowCopies::Copy{};
  (*copies)->delete_unused();

  EXPECT_FALSE(fs::exists(folder));
  EXPECT_TRUE(fs::exists(elsewhere / "precious.txt"));
}

TEST_F(ShadowCopiesTest, AFolderWithMoreThanACopyMayHaveIsRefusedAndLeavesNothing) {
  auto few_bytes = ShadowCopies::open(shadow_ / "a", {.bytes = 10});
  auto few_entries = ShadowCopies::open(shadow_ / "b", {.entries = 3});
  ASSERT_TRUE(few_bytes.ok() && few_entries.ok());

  const auto too_large = (*few_bytes)->make(app_, "p");
  const auto too_many = (*few_entries)->make(app_, "p");

  ASSERT_FALSE(too_large.ok());
  EXPECT_THAT(too_large.status().message, HasSubstr("more bytes"));
  ASSERT_FALSE(too_many.ok());
  EXPECT_THAT(too_many.status().message, HasSubstr("more files and folders"));
  EXPECT_TRUE(fs::is_empty(shadow_ / "a"));
  EXPECT_TRUE(fs::is_empty(shadow_ / "b"));
}

/// Workers that run from a copy of a folder in which the test's child is.
class ShadowedWorkersTest : public test::ProcessBench {
 protected:
  ShadowedWorkersTest() {
    fs::create_directory(app_);
    fs::copy_file(to_utf16(test::child_program()), app_ / "worker.exe");
    options_.outdated.shadow_folder = shadow_;
    options_.outdated.tick = 20ms;
    LaunchSpec spec;
    spec.command = {text_of(app_ / "worker.exe"), "folder"};
    spec.outdated = {.on_file_change = true, .quiet_period = 1s};
    use(std::move(spec));
  }

  /// Where it runs; it then ends.
  std::string folder_of_next() {
    const WorkerId worker = start();
    const std::string folder = sentence_of(worker);
    serve_processes_until([&] { return processes_.exit_codes.contains(worker); });
    return folder;
  }

  const test::ScratchFolder scratch_;
  const fs::path app_ = fs::canonical(scratch_.path()) / "app";
  const fs::path shadow_ = fs::canonical(scratch_.path()) / "shadow";
};

TEST_F(ShadowedWorkersTest, RunFromACopy) {
  EXPECT_EQ(folder_of_next(), text_of(shadow_ / "documents-1"));
  EXPECT_EQ(folder_of_next(), text_of(shadow_ / "documents-1"));
}

TEST_F(ShadowedWorkersTest, AChangeOfTheFolderIsReportedAndLaterWorkersRunFromANewCopy) {
  EXPECT_EQ(folder_of_next(), text_of(shadow_ / "documents-1"));

  write(app_ / "settings.json", "{}");
  serve_processes_until([&] { return !processes_.outdated.empty(); });

  EXPECT_THAT(processes_.outdated, ElementsAre(Pair(0u, engine::RecycleReason::files_changed)));
  EXPECT_EQ(folder_of_next(), text_of(shadow_ / "documents-2"));
  EXPECT_TRUE(fs::exists(shadow_ / "documents-2" / "settings.json"));
}

TEST_F(ShadowedWorkersTest, TheirProgramCanBeOverwrittenWhileTheyRun) {
  options_.outdated.tick = 20ms;
  LaunchSpec spec;
  spec.command = {text_of(app_ / "worker.exe"), "complain"};
  spec.outdated = {.on_file_change = true, .quiet_period = 1s};
  use(std::move(spec));
  const WorkerId worker = start();
  EXPECT_EQ(sentence_of(worker), "complained");

  EXPECT_TRUE(CopyFileW(to_utf16(test::child_program()).c_str(), (app_ / "worker.exe").c_str(), FALSE));

  serve_processes_until([&] { return !processes_.outdated.empty(); });
  EXPECT_FALSE(processes_.exit_codes.contains(worker));
}

TEST_F(ShadowedWorkersTest, TheCopyThatNobodyRunsFromAnyMoreIsDeleted) {
  EXPECT_EQ(folder_of_next(), text_of(shadow_ / "documents-1"));
  write(app_ / "settings.json", "{}");
  serve_processes_until([&] { return !processes_.outdated.empty(); });

  serve_processes_until([&] { return !fs::exists(shadow_ / "documents-1"); });

  EXPECT_TRUE(fs::exists(shadow_ / "documents-2"));
}

using ScheduleTest = test::ProcessBench;

TEST_F(ScheduleTest, ThePoolIsOutdatedAtItsTimeOfDay) {
  std::atomic<int> minute = 3 * 60 + 29;
  options_.outdated.tick = 10ms;
  options_.outdated.local_time = [&minute] { return runtime::LocalTime{.day = 100, .minute = minute}; };
  LaunchSpec spec;
  spec.command = {test::child_program(), "wait"};
  spec.outdated = {.daily_minutes = {3 * 60 + 30}};
  use(std::move(spec));
  EXPECT_TRUE(processes_.outdated.empty());

  minute = 3 * 60 + 30;
  serve_processes_until([&] { return !processes_.outdated.empty(); });
  host_.reset();

  EXPECT_THAT(processes_.outdated, ElementsAre(Pair(0u, engine::RecycleReason::schedule)));
}

TEST(LocalTimeOfTheSystem, IsATimeOfDay) {
  const runtime::LocalTime now = local_time();

  EXPECT_GT(now.day, 20'000);  // 2024-10-04
  EXPECT_GE(now.minute, 0);
  EXPECT_LT(now.minute, 24 * 60);
}

}  // namespace
}  // namespace plugbroker::win
