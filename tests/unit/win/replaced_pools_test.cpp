// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "broker_core/win/utf16.h"
#include "tests/scratch_folder.h"
#include "tests/unit/win/process_bench.h"

namespace plugbroker::win {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
  return to_utf8(path.native());
}

LaunchSpec child(std::string pool, std::vector<std::string> arguments) {
  LaunchSpec spec;
  spec.pool = std::move(pool);
  spec.command = {test::child_program()};
  spec.command.insert(spec.command.end(), arguments.begin(), arguments.end());
  return spec;
}

using ReplacedPoolsTest = test::ProcessBench;

TEST_F(ReplacedPoolsTest, StartLaterWorkersByTheirNewSpecAndLeaveThoseThatRunAlone) {
  use_child({"wait"});
  const WorkerId running = start_and_wait_for_channel();

  replace({child("documents", {"exit", "9"})});

  EXPECT_EQ(run(), 9u);
  EXPECT_FALSE(processes_.exit_codes.contains(running));
}

TEST_F(ReplacedPoolsTest, CanBeMoreThanThereWere) {
  use_child({"wait"});
  replace({child("documents", {"wait"}), child("reports", {"exit", "4"})});
  const WorkerId worker{1000};

  host_->start(worker, 1);
  serve_processes_until([&] { return processes_.exit_codes.contains(worker); });

  EXPECT_EQ(processes_.exit_codes[worker], 4u);
}

TEST_F(ReplacedPoolsTest, ArePlannedOrNothingIsChanged) {
  use_child({"exit", "3"});
  LaunchSpec not_to_be_watched = child("documents", {});
  not_to_be_watched.command = {"worker.exe"};
  not_to_be_watched.outdated.on_file_change = true;

  EXPECT_FALSE(host_->plan_replacement({not_to_be_watched}).ok());

  EXPECT_EQ(run(), 3u);
}

/// Workers that may run from a copy of a folder in which the test's child is.
class ReplacedRulesTest : public test::ProcessBench {
 protected:
  ReplacedRulesTest() {
    fs::create_directory(app_);
    fs::copy_file(to_utf16(test::child_program()), app_ / "worker.exe");
    options_.outdated.shadow_folder = shadow_;
    options_.outdated.tick = 20ms;
  }

  LaunchSpec watched() const {
    LaunchSpec spec = unwatched();
    spec.outdated = {.on_file_change = true, .quiet_period = 1s};
    return spec;
  }
  LaunchSpec unwatched() const {
    LaunchSpec spec;
    spec.pool = "documents";
    spec.command = {text_of(app_ / "worker.exe"), "folder"};
    return spec;
  }
  /// Where it runs; it then ends.
  std::string folder_of_next() {
    const WorkerId worker = start();
    const std::string folder = sentence_of(worker);
    serve_processes_until([&] { return processes_.exit_codes.contains(worker); });
    return folder;
  }
  void deploy() { std::ofstream{app_ / "settings.json", std::ios::trunc} << "{}"; }

  const test::ScratchFolder scratch_;
  const fs::path app_ = fs::canonical(scratch_.path()) / "app";
  const fs::path shadow_ = fs::canonical(scratch_.path()) / "shadow";
};

TEST_F(ReplacedRulesTest, APoolThatIsTheSameGoesOnUndisturbed) {
  use(watched());
  EXPECT_EQ(folder_of_next(), text_of(shadow_ / "documents-1"));

  replace({watched(), child("reports", {"wait"})});

  EXPECT_EQ(folder_of_next(), text_of(shadow_ / "documents-1"));
  deploy();
  serve_processes_until([&] { return !processes_.outdated.empty(); });
  EXPECT_EQ(folder_of_next(), text_of(shadow_ / "documents-2"));
}

TEST_F(ReplacedRulesTest, APoolThatIsStartedInAnotherWayGetsAFreshCopyAndIsReportedOnce) {
  use(watched());
  EXPECT_EQ(folder_of_next(), text_of(shadow_ / "documents-1"));
  LaunchSpec changed = watched();
  changed.environment["NAME"] = "value";

  replace({changed});

  EXPECT_EQ(folder_of_next(), text_of(shadow_ / "documents-2"));
  deploy();
  serve_processes_until([&] { return !processes_.outdated.empty(); });
  host_.reset();
  EXPECT_THAT(processes_.outdated, ElementsAre(Pair(0u, engine::RecycleReason::files_changed)));
}

TEST_F(ReplacedRulesTest, WatchingBeginsInAHostThatHadNothingToWatch) {
  use(unwatched());
  EXPECT_EQ(folder_of_next(), text_of(app_));
  EXPECT_FALSE(fs::exists(shadow_));

  replace({watched()});

  EXPECT_EQ(folder_of_next(), text_of(shadow_ / "documents-1"));
  deploy();
  serve_processes_until([&] { return !processes_.outdated.empty(); });
  EXPECT_EQ(folder_of_next(), text_of(shadow_ / "documents-2"));
}

TEST_F(ReplacedRulesTest, WatchingEndsAndTheCopyIsDeletedWhenNobodyRunsFromIt) {
  use(watched());
  EXPECT_EQ(folder_of_next(), text_of(shadow_ / "documents-1"));

  replace({unwatched()});

  EXPECT_EQ(folder_of_next(), text_of(app_));
  serve_processes_until([&] { return !fs::exists(shadow_ / "documents-1"); });
  deploy();
  host_.reset();
  EXPECT_THAT(processes_.outdated, IsEmpty());
}

TEST_F(ReplacedRulesTest, TheCopyThatAWorkerRunsFromStays) {
  LaunchSpec waits = watched();
  waits.command[1] = "complain";
  use(waits);
  const WorkerId worker = start();
  EXPECT_EQ(sentence_of(worker), "complained");
  LaunchSpec other = watched();
  other.environment["NAME"] = "value";

  replace({other});

  EXPECT_EQ(folder_of_next(), text_of(shadow_ / "documents-2"));
  replace({unwatched()});
  serve_processes_until([&] { return !fs::exists(shadow_ / "documents-2"); });
  EXPECT_TRUE(fs::exists(shadow_ / "documents-1"));
  EXPECT_FALSE(processes_.exit_codes.contains(worker));
}

}  // namespace
}  // namespace plugbroker::win
