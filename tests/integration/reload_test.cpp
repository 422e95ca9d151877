// SPDX-License-Identifier: Apache-2.0
// The configuration is read again while clients call: pools that did not change keep their workers, those that did get
// new ones without losing a call, and a file with a problem changes nothing.
#include <gmock/gmock.h>

#include "tests/integration/harness/ledger.h"
#include "tests/integration/harness/test_caller.h"
#include "tests/integration/harness/text_encoding.h"

namespace plugbroker::harness {
namespace {

using testing::Contains;
using testing::Each;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr std::uint64_t some_calls = 30;

/// A service with the pools "normal", whose workers write a ledger, and "documents".
class Reload : public testing::Test {
 protected:
  Reload() { service_.start(); }

  PoolText normal(const std::string& version) const {
    PoolText pool = misbehaving_pool("normal", {"recorded"}, workers(2));
    pool.environment["WORKER_LEDGER"] = narrow(ledger_.wstring());
    pool.environment["WORKER_VERSION"] = version;
    return pool;
  }
  /// "normal" has changed, "sleepers" is new.
  void write_changed_config() const {
    service_.write_config({.pools = {normal("2"), documents_pool(), sleepers_pool()}});
  }
  void write_bad_config() const {
    PoolText bad = normal("2");
    bad.settings["max_workers"] = 0;
    service_.write_config({.pools = {bad, documents_pool(), sleepers_pool()}});
  }
  /// Waits until both workers of "normal" are others than before.
  void wait_for_new_workers(const std::vector<std::uint32_t>& before) const {
    ASSERT_TRUE(eventually([&] {
      const std::vector<std::uint32_t> now = service_.workers("normal");
      const auto is_old = [&](std::uint32_t id) { return std::ranges::find(before, id) != before.end(); };
      return now.size() == 2 && std::ranges::none_of(now, is_old);
    })) << service_.log();
  }

  TestFolder ledger_folder_;
  std::filesystem::path ledger_ = ledger_folder_.path() / "ledger.txt";
  InstalledService service_{{.pools = {normal("1"), documents_pool()}}};
};

TEST_F(Reload, ReplacesWhatChangedAndLosesNoCall) {
  const std::vector<std::uint32_t> changed = service_.workers("normal");
  const std::vector<std::uint32_t> unchanged = service_.workers("documents");
  BackgroundCaller recorded(service_, "recorded");
  BackgroundCaller echo(service_, "echo");
  recorded.wait_for_finished(some_calls);
  echo.wait_for_finished(some_calls);

  write_changed_config();
  const Finished reload = service_.administer({"reload"});
  wait_for_new_workers(changed);
  recorded.wait_for_finished(recorded.finished() + some_calls);
  const std::vector<CallReport> recorded_calls = recorded.stop();
  const std::vector<CallReport> echo_calls = echo.stop();

  EXPECT_EQ(reload.exit_code, 0u) << reload.output;
  EXPECT_THAT(reload.output, HasSubstr("sleepers"));
  EXPECT_EQ(service_.workers("documents"), unchanged);
  EXPECT_THAT(recorded_calls, Each(Field(&CallReport::status, "ok")));
  EXPECT_THAT(echo_calls, Each(Field(&CallReport::status, "ok")));
  EXPECT_THAT(contradictions(recorded_calls, read_ledger(ledger_)), IsEmpty());
  EXPECT_EQ(service_.pool("normal").at("workers_failed").to_number<unsigned>(), 0u);
  EXPECT_EQ(call(service_, "sleep", "10").status, "ok");
  service_.wait_for_log_line({"reloaded", "pools: 1 added (sleepers), 1 changed (normal), 0 removed, 1 unchanged"});
}

TEST_F(Reload, APoolThatIsRemovedFinishesItsCallsAndItsRoutesAreGone) {
  ASSERT_EQ(call(service_, "recorded", "before").status, "ok");

  service_.write_config({.pools = {documents_pool()}});
  const Finished reload = service_.administer({"reload"});

  EXPECT_EQ(reload.exit_code, 0u) << reload.output;
  EXPECT_EQ(call(service_, "recorded", "after").status, "not_found");
  EXPECT_EQ(call(service_, "echo", "after").status, "ok");
}

TEST_F(Reload, ABadFileChangesNothingAndSaysWhy) {
  const std::vector<std::uint32_t> before = service_.workers("normal");

  write_bad_config();
  const Finished reload = service_.administer({"reload"});

  EXPECT_EQ(reload.exit_code, 1u);
  EXPECT_THAT(reload.output, HasSubstr("/pools/normal/max_workers"));
  service_.wait_for_log_line({"reload_refused", "/pools/normal/max_workers"});
  EXPECT_EQ(service_.workers("normal"), before);
  EXPECT_EQ(service_.status().at("pools").as_array().size(), 2u);
  EXPECT_EQ(call(service_, "recorded", "after").status, "ok");
}

TEST_F(Reload, NamesWhatNeedsARestart) {
  service_.write_config({.pools = {normal("1"), documents_pool()}, .top = {{"stop_grace", "7s"}}});

  const Finished reload = service_.administer({"reload"});

  EXPECT_EQ(reload.exit_code, 0u) << reload.output;
  EXPECT_THAT(reload.output, HasSubstr("/stop_grace"));
  service_.wait_for_log_line({"reloaded", "2 unchanged", "/stop_grace"});
}

TEST_F(Reload, TheControlManagerCanAskForIt) {
  const std::vector<std::uint32_t> before = service_.workers("normal");

  write_bad_config();
  service_.control().parameters_changed();
  service_.wait_for_log_line({"reload_refused", "service control manager", "/pools/normal/max_workers"});
  EXPECT_EQ(service_.workers("normal"), before);
  write_changed_config();
  service_.control().parameters_changed();

  service_.wait_for_log_line({"reloaded", "service control manager", "1 changed (normal)"});
  wait_for_new_workers(before);
  EXPECT_EQ(service_.control().state(), static_cast<std::uint32_t>(SERVICE_RUNNING));
}

}  // namespace
}  // namespace plugbroker::harness
