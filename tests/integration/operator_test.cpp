// SPDX-License-Identifier: Apache-2.0
// What an administrator asks for through plugbrokerctl, while another client calls.
#include <gmock/gmock.h>

#include <boost/json/parse.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>

#include "tests/integration/harness/host_environment.h"
#include "tests/integration/harness/ledger.h"
#include "tests/integration/harness/test_caller.h"
#include "tests/integration/harness/text_encoding.h"

namespace plugbroker::harness {
namespace {

namespace json = boost::json;

using testing::Each;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint64_t some_calls = 30;

/// A service with the pools "normal", whose workers write a ledger, "documents" and "sleepers". Somebody calls "normal"
/// all the time and loses no call.
class Operator : public testing::Test {
 protected:
  Operator() {
    service_.start();
    caller_ = std::make_unique<BackgroundCaller>(service_, "recorded");
    caller_->wait_for_finished(some_calls);
  }

  PoolText normal() const {
    PoolText pool = misbehaving_pool("normal", {"recorded"}, workers(1));
    pool.environment["WORKER_LEDGER"] = narrow(ledger_.wstring());
    return pool;
  }
  void expect_done(const std::vector<std::string>& arguments) const {
    const Finished finished = service_.administer(arguments);
    EXPECT_EQ(finished.exit_code, 0u) << finished.output;
  }
  void expect_that_the_other_client_lost_nothing() {
    caller_->wait_for_finished(caller_->finished() + some_calls);
    const std::vector<CallReport> told = caller_->stop();
    EXPECT_THAT(told, Each(Field(&CallReport::status, "ok")));
    EXPECT_THAT(contradictions(told, read_ledger(ledger_)), IsEmpty());
  }
  /// Recycles "normal" and returns how many of its workers the answer shows ready for calls.
  [[nodiscard]] std::ptrdiff_t serving_after_recycle() const {
    const Finished recycled = service_.administer({"recycle", "normal", "--json"});
    const json::value status = json::parse(recycled.output);
    const json::array& pools = status.at("pools").as_array();
    const auto normal =
        std::ranges::find_if(pools, [](const json::value& pool) { return pool.at("name") == "normal"; });
    return std::ranges::count_if(normal->at("workers").as_array(), [](const json::value& worker) {
      return worker.at("state") == "ready" || worker.at("state") == "busy";
    });
  }

  TestFolder ledger_folder_;
  std::filesystem::path ledger_ = ledger_folder_.path() / "ledger.txt";
  InstalledService service_{{.pools = {normal(), documents_pool(), sleepers_pool()}}};
  std::unique_ptr<BackgroundCaller> caller_;
};

TEST_F(Operator, ADrainedPoolTakesNoCallsUntilItIsResumed) {
  expect_done({"drain", "documents"});
  ASSERT_TRUE(eventually([&] { return service_.workers("documents").empty(); }));
  EXPECT_TRUE(service_.pool("documents").at("drained").as_bool());
  const CallReport refused = call(service_, "echo", "refused");
  EXPECT_EQ(refused.status, "unavailable");
  EXPECT_EQ(refused.retry_after, std::chrono::seconds{1});
  EXPECT_FALSE(refused.worker_received);

  expect_done({"resume", "documents"});

  EXPECT_EQ(call(service_, "echo", "taken").status, "ok");
  expect_that_the_other_client_lost_nothing();
}

TEST_F(Operator, ARecycledWorkerServesUntilItsReplacementDoes) {
  // They serve together for a second only, which a busy machine may miss: then once more.
  constexpr std::chrono::minutes long_enough{3};
  const std::vector<std::uint32_t> before = service_.workers("normal");

  EXPECT_TRUE(eventually([&] { return serving_after_recycle() == 2; }, long_enough));

  ASSERT_TRUE(eventually([&] {
    const std::vector<std::uint32_t> now = service_.workers("normal");
    return now.size() == 1 && now != before;
  }));
  service_.wait_for_log_line({"worker_recycled", "reason: operator"});
  EXPECT_EQ(service_.pool("normal").at("workers_failed").to_number<unsigned>(), 0u);
  expect_that_the_other_client_lost_nothing();
}

TEST_F(Operator, TheCallOfAKilledWorkerEndsUnavailable) {
  SingleCall held(service_, "sleep", "60000");
  ASSERT_TRUE(eventually([&] {
    const json::array workers = service_.pool("sleepers").at("workers").as_array();
    return workers.size() == 1 && workers[0].at("calls_in_progress").to_number<unsigned>() == 1;
  }));
  const json::object pool = service_.pool("sleepers");
  const auto worker = pool.at("workers").as_array()[0].at("id").to_number<std::uint64_t>();

  expect_done({"kill", std::to_string(worker)});

  EXPECT_EQ(held.report().status, "unavailable");
  EXPECT_EQ(call(service_, "sleep", "1").status, "ok");
  expect_that_the_other_client_lost_nothing();
}

TEST_F(Operator, IsToldWhatIsNotThere) {
  const Finished no_pool = service_.administer({"drain", "nobody"});
  const Finished no_evidence = service_.administer({"evidence", "20260101T000000.000Z-nobody-1"});

  EXPECT_EQ(no_pool.exit_code, 1u);
  EXPECT_THAT(no_pool.output, HasSubstr("not_found"));
  EXPECT_EQ(no_evidence.exit_code, 1u);
  EXPECT_THAT(no_evidence.output, HasSubstr("not_found"));
  expect_that_the_other_client_lost_nothing();
}

/// Workers that fail: "exit-at-start" never gets ready and its breaker opens for an hour, "die-mid-call" dies in each
/// call. Cases are kept in a folder of the test's own.
class OperatorOfFailures : public testing::Test {
 protected:
  OperatorOfFailures() { service_.start_without_ready_workers(); }

  static PoolText failing() {
    json::object settings = workers(1);
    settings["restart_backoff_min"] = "10ms";
    settings["restart_backoff_max"] = "20ms";
    settings["breaker"] = {{"failures", 2}, {"window", "10m"}, {"probe_after", "1h"}, {"probe_after_max", "1h"}};
    return misbehaving_pool("exit-at-start", {"never"}, settings);
  }
  [[nodiscard]] bool breaker_is_open() const { return service_.pool("exit-at-start").at("breaker") == "open"; }
  /// The name of the latest case of the pool; "" while there is none.
  [[nodiscard]] std::string case_of(const std::string& pool) const {
    const Finished listed = service_.administer({"evidence", "--json"});
    const json::value list = json::parse(listed.output);
    for (const json::value& entry : list.at("cases").as_array()) {
      if (entry.at("pool") == json::value(pool)) return std::string(entry.at("name").as_string());
    }
    return {};
  }

  TestFolder folder_;
  std::filesystem::path evidence_ = folder_.path() / "evidence";
  InstalledService service_{{.pools = {failing(), misbehaving_pool("die-mid-call", {"die"})},
                             .top = {{"evidence", {{"folder", narrow(evidence_.wstring())}}}}}};
};

TEST_F(OperatorOfFailures, AClosedBreakerStartsWorkersAtOnce) {
  ASSERT_TRUE(eventually([&] { return breaker_is_open(); }));
  const auto started = service_.pool("exit-at-start").at("workers_started").to_number<std::uint64_t>();

  const Finished closed = service_.administer({"close-breaker", "exit-at-start"});

  EXPECT_EQ(closed.exit_code, 0u) << closed.output;
  EXPECT_TRUE(eventually(
      [&] { return service_.pool("exit-at-start").at("workers_started").to_number<std::uint64_t>() > started; }));
}

TEST_F(OperatorOfFailures, AnOpenBreakerTellsCallersWhenItTriesNext) {
  ASSERT_TRUE(eventually([&] { return breaker_is_open(); }));

  const CallReport refused = call(service_, "never", "refused");
  const Finished typed = run({.program = product_program("plugbrokerctl.exe"),
                              .arguments = {"call", "never", "--pipe", service_.pipe()},
                              .output = folder_.path() / "call.txt",
                              .environment = host_environment()});

  EXPECT_EQ(refused.status, "unavailable");
  EXPECT_EQ(refused.retry, "after_backoff");
  EXPECT_GT(refused.retry_after, std::chrono::minutes{1});
  EXPECT_LE(refused.retry_after, std::chrono::hours{2});
  EXPECT_FALSE(refused.worker_received);
  EXPECT_EQ(typed.exit_code, 1u);
  EXPECT_THAT(typed.output, HasSubstr("(retry: after_backoff, in "));
}

TEST_F(OperatorOfFailures, AWorkerThatDiedInACallLeavesACaseWithTheCall) {
  EXPECT_EQ(call(service_, "die", "secret text").status, "unavailable");
  std::string name;
  ASSERT_TRUE(eventually([&] { return !(name = case_of("die-mid-call")).empty(); })) << service_.log();

  const Finished list = service_.administer({"evidence"});
  const Finished shown = service_.administer({"evidence", name});

  EXPECT_EQ(list.exit_code, 0u);
  EXPECT_THAT(list.output, HasSubstr(name));
  EXPECT_EQ(shown.exit_code, 0u);
  EXPECT_THAT(shown.output, HasSubstr(R"("route": "die")"));
  EXPECT_THAT(shown.output, HasSubstr(R"("exit_code": 7)"));
  EXPECT_THAT(shown.output, testing::Not(HasSubstr("secret text")));
}

TEST_F(OperatorOfFailures, ACaseHasTheEndOfWhatTheWorkerWroteBesideIt) {
  std::string name;
  ASSERT_TRUE(eventually([&] { return !(name = case_of("exit-at-start")).empty(); })) << service_.log();

  const Finished shown = service_.administer({"evidence", name});

  EXPECT_THAT(shown.output, HasSubstr(R"("exit_code": 3)"));
  EXPECT_THAT(read_whole_file(evidence_ / name / "stderr.txt"), HasSubstr("exits at start, as it was told"));
}

}  // namespace
}  // namespace plugbroker::harness
