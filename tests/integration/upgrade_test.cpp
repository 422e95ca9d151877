// SPDX-License-Identifier: Apache-2.0
// plugbroker-install upgrade: a version takes the place of the installed one while a host application calls and holds
// the client library, and the old one comes back when the new one fails or the upgrade is broken off.
#include <gmock/gmock.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <set>

#include "tests/integration/harness/eventually.h"
#include "tests/integration/harness/host_environment.h"
#include "tests/integration/harness/installed_version.h"
#include "tests/integration/harness/ledger.h"
#include "tests/integration/harness/process_counts.h"
#include "tests/integration/harness/test_caller.h"
#include "tests/integration/harness/text_encoding.h"

namespace plugbroker::harness {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

// installer/plan/install_command.h, documented in docs/OPERATIONS.md.
constexpr std::uint32_t ok = 0;
constexpr std::uint32_t failed = 1;
constexpr std::uint32_t rolled_back = 7;

/// A service whose programs are in a folder of the test, which it may replace.
class Upgrade : public testing::Test {
 protected:
  Upgrade()
      : service_({.pools = {}}, InstalledService::Registration::by_the_test),
        installed_(service_.folder() / "Program Files", "version 1"),
        next_(service_.folder() / "unzipped", "version 2") {
    PoolText pool = misbehaving_pool("normal", {"recorded"}, {{"min_workers", 1}, {"max_workers", 2}});
    pool.environment["WORKER_LEDGER"] = narrow(ledger().wstring());
    service_.write_config({.pools = {pool}});
    config_ = read_whole_file(service_.config_file());
    const Finished installed = run_installer(installed_.program("plugbroker-install.exe"), service_,
                                             {"install", "--config", narrow(service_.config_file().wstring())});
    if (installed.exit_code != ok) throw HarnessError("install: " + installed.output);
    service_.start();
  }

  std::filesystem::path ledger() const { return service_.folder() / "ledger.txt"; }
  std::filesystem::path work_folder() const { return installed_.folder() / ".plugbroker-upgrade"; }

  std::vector<std::string> upgrade_arguments() const {
    return {"upgrade", "--from", narrow(next_.folder().wstring()), "--service-name", service_.name()};
  }

  /// By the new version's installer, as an administrator would.
  Finished upgrade() const {
    return run_installer(next_.program("plugbroker-install.exe"), service_,
                         {"upgrade", "--from", narrow(next_.folder().wstring())});
  }

  /// The marks of all programs that are installed.
  std::set<std::string> installed_versions() const {
    std::set<std::string> marks;
    for (const std::string& file : version_files()) marks.insert(installed_.mark_of(installed_.program(file)));
    return marks;
  }

  /// The marks of the client libraries that were renamed aside and are still there.
  std::vector<std::string> kept_libraries() const {
    std::vector<std::string> marks;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(work_folder())) {
      if (entry.path().filename() == "plugbroker.dll") marks.push_back(installed_.mark_of(entry.path()));
    }
    return marks;
  }

  InstalledService service_;
  Version installed_;
  Version next_;
  std::string config_;
};

TEST_F(Upgrade, PutsTheNewVersionInPlaceWhileAClientCallsAndLosesNoCall) {
  BackgroundCaller caller(service_, "recorded");
  caller.wait_for_finished(20);
  const std::uint32_t before = service_.process_id();

  const Finished finished = upgrade();

  ASSERT_EQ(finished.exit_code, ok) << finished.output;
  caller.wait_for_finished(caller.finished() + 20);
  const std::uint64_t made = caller.finished();
  const std::vector<CallReport> outcomes = caller.stop();
  EXPECT_EQ(installed_versions(), std::set<std::string>{"version 2"});
  EXPECT_NE(service_.process_id(), before);
  EXPECT_EQ(read_whole_file(service_.config_file()), config_);
  EXPECT_FALSE(std::filesystem::exists(work_folder())) << finished.output;

  // Every call has one outcome; none was told otherwise than it was, and those that failed may be repeated.
  EXPECT_GE(outcomes.size(), made);
  EXPECT_THAT(contradictions(outcomes, read_ledger(ledger())), IsEmpty());
  std::map<std::string, unsigned> counts;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    EXPECT_EQ(outcomes[i].payload_name, "background-" + std::to_string(i));
    ++counts[outcomes[i].status + (outcomes[i].status == "ok" ? "" : ", retry " + outcomes[i].retry)];
  }
  for (const auto& [outcome, count] : counts) {
    std::cout << count << " calls: " << outcome << '\n';
    EXPECT_TRUE(outcome == "ok" || outcome == "unavailable, retry safe" ||
                outcome == "unavailable, retry after_backoff")
        << outcome;
  }
  EXPECT_EQ(outcomes.back().status, "ok");
}

TEST_F(Upgrade, LeavesTheClientLibraryThatAHostHasLoadedAndRemovesItLater) {
  const HMODULE loaded = LoadLibraryW(installed_.program("plugbroker.dll").c_str());
  ASSERT_NE(loaded, nullptr);

  const Finished finished = upgrade();

  EXPECT_EQ(finished.exit_code, ok) << finished.output;
  EXPECT_EQ(installed_versions(), std::set<std::string>{"version 2"});
  EXPECT_EQ(kept_libraries(), std::vector<std::string>{"version 1"});
  EXPECT_NE(GetProcAddress(loaded, "plugbroker_version"), nullptr);

  FreeLibrary(loaded);
  const Finished swept = run_installer(installed_.program("plugbroker-install.exe"), service_, {"upgrade"});
  EXPECT_EQ(swept.exit_code, ok) << swept.output;
  EXPECT_FALSE(std::filesystem::exists(work_folder()));
}

TEST_F(Upgrade, PutsTheOldVersionBackWhenTheNewOneCannotStart) {
  write_whole_file(next_.program("plugbroker-service.exe"), read_whole_file(test_program("failing_service.exe")));
  BackgroundCaller caller(service_, "recorded");

  const Finished finished = upgrade();

  EXPECT_EQ(finished.exit_code, rolled_back) << finished.output;
  EXPECT_EQ(installed_versions(), std::set<std::string>{"version 1"});
  EXPECT_EQ(service_.control().state(), std::uint32_t{SERVICE_RUNNING});
  caller.wait_for_finished(caller.finished() + 20);
  const std::vector<CallReport> outcomes = caller.stop();
  EXPECT_EQ(outcomes.back().status, "ok");
  EXPECT_THAT(contradictions(outcomes, read_ledger(ledger())), IsEmpty());
  EXPECT_EQ(read_whole_file(service_.config_file()), config_);
}

TEST_F(Upgrade, DoesNotStopTheServiceForAVersionThatCannotBeRun) {
  write_whole_file(next_.program("plugbroker-service.exe"), "this is no program");
  const std::uint32_t before = service_.process_id();

  const Finished finished = upgrade();

  EXPECT_EQ(finished.exit_code, failed) << finished.output;
  EXPECT_THAT(finished.output, HasSubstr("nothing was changed"));
  EXPECT_EQ(service_.process_id(), before);
  EXPECT_EQ(installed_versions(), std::set<std::string>{"version 1"});
}

TEST_F(Upgrade, ThatWasEndedInTheMiddleIsPutRightByTheNextOne) {
  {
    ChildProcess installer({.program = next_.program("plugbroker-install.exe"),
                            .arguments = upgrade_arguments(),
                            .output = service_.folder() / "interrupted.txt",
                            .environment = host_environment()});
    ASSERT_TRUE(eventually([&] { return std::filesystem::exists(work_folder() / "journal.json"); }))
        << installer.output();
    installer.kill();
  }

  const Finished finished = upgrade();

  EXPECT_EQ(finished.exit_code, ok) << finished.output;
  EXPECT_EQ(installed_versions(), std::set<std::string>{"version 2"});
  EXPECT_EQ(service_.control().state(), std::uint32_t{SERVICE_RUNNING});
  EXPECT_FALSE(std::filesystem::exists(work_folder() / "journal.json"));
  EXPECT_EQ(call(service_, "recorded", "after").status, "ok");
}

TEST_F(Upgrade, OfAStoppedServiceLeavesItStopped) {
  service_.stop();

  const Finished finished = upgrade();

  EXPECT_EQ(finished.exit_code, ok) << finished.output;
  EXPECT_EQ(installed_versions(), std::set<std::string>{"version 2"});
  EXPECT_EQ(service_.control().state(), std::uint32_t{SERVICE_STOPPED});
}

}  // namespace
}  // namespace plugbroker::harness
