// SPDX-License-Identifier: Apache-2.0
// Eight client processes call while workers are killed. What the clients were told is reconciled with what the workers
// wrote down: no call is executed twice, none is lost, and whoever was told "no worker received it" can rely on it.
#include <gmock/gmock.h>

#include <memory>

#include "tests/integration/harness/broker_census.h"
#include "tests/integration/harness/eventually.h"
#include "tests/integration/harness/ledger.h"
#include "tests/integration/harness/process_counts.h"
#include "tests/integration/harness/test_folder.h"
#include "tests/integration/harness/text_encoding.h"

namespace plugbroker::harness {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr unsigned clients = 8;
constexpr unsigned calls_of_each = 150;
constexpr unsigned in_flight = 4;
constexpr unsigned kills = 6;

class ExactlyOnce : public testing::Test {
 protected:
  ExactlyOnce() { service_.start(); }

  /// The service's options; its workers write the ledger.
  InstalledService::Options options() const {
    PoolText pool = misbehaving_pool(
        "normal", {"recorded"},
        {{"min_workers", 3}, {"max_workers", 3}, {"restart_backoff_min", "10ms"}, {"restart_backoff_max", "20ms"}});
    pool.environment["WORKER_LEDGER"] = narrow(ledger_.wstring());
    return {.pools = {pool, documents_pool()}};
  }

  /// Eight processes make their calls while workers are killed, evenly over the time that it takes.
  void call_while_workers_are_killed() {
    const std::string wave = "wave" + std::to_string(++waves_);
    std::vector<std::unique_ptr<BurstCaller>> callers;
    for (unsigned i = 0; i < clients; ++i) {
      const std::string name = wave + "-client" + std::to_string(i);
      callers.push_back(std::make_unique<BurstCaller>(service_, "recorded", name, calls_of_each, in_flight));
    }
    const auto finished = [&] {
      std::uint64_t sum = 0;
      for (const auto& caller : callers) sum += caller->finished();
      return sum;
    };
    for (unsigned kill = 1; kill <= kills; ++kill) {
      const std::uint64_t due = std::uint64_t{kill} * clients * calls_of_each / (kills + 1);
      ASSERT_TRUE(eventually([&] { return finished() >= due; }));
      std::vector<std::uint32_t> victims;
      ASSERT_TRUE(eventually([&] { return !(victims = service_.workers("normal")).empty(); }));
      kill_process(victims.front());
    }
    for (const auto& caller : callers) std::ranges::move(caller->reports(), std::back_inserter(told_));
    ASSERT_TRUE(eventually([&] { return service_.workers("normal").size() == 3; }));
  }

  TestFolder ledger_folder_;
  std::filesystem::path ledger_ = ledger_folder_.path() / "ledger.txt";
  InstalledService service_{options()};
  unsigned waves_ = 0;
  std::vector<CallReport> told_;
};

TEST_F(ExactlyOnce, NoCallIsLostOrExecutedTwiceWhileWorkersAreKilled) {
  const std::vector<std::string> left_behind = leaks_of(service_, [&] { call_while_workers_are_killed(); });

  EXPECT_THAT(told_, SizeIs(waves_ * clients * calls_of_each));
  EXPECT_THAT(contradictions(told_, read_ledger(ledger_)), IsEmpty());
  EXPECT_EQ(service_.pool("normal").at("workers_failed").to_number<unsigned>(), waves_ * kills);
  EXPECT_THAT(left_behind, IsEmpty());
}

CallReport report(const std::string& name, const std::string& status, bool worker_received) {
  return {.payload_name = name,
          .status = status,
          .retry = {},
          .origin = {},
          .worker_received = worker_received,
          .message = {},
          .reply = {}};
}

// The twins: the reconciliation finds each kind of contradiction when there is one.

TEST(Reconciliation, AcceptsWhatAgrees) {
  EXPECT_THAT(contradictions({report("a", "ok", true), report("b", "unavailable", true),
                              report("c", "unavailable", true), report("d", "unavailable", false)},
                             {{"a", 1}, {"b", 1}}),
              IsEmpty());
}

TEST(Reconciliation, FindsACallThatWasExecutedTwice) {
  EXPECT_THAT(contradictions({report("a", "ok", true)}, {{"a", 2}}), Contains(HasSubstr("executed 2 times")));
}

TEST(Reconciliation, FindsACallThatIsSaidToBeDoneAndWasNot) {
  EXPECT_THAT(contradictions({report("a", "ok", true)}, {}), Contains(HasSubstr("never executed")));
}

TEST(Reconciliation, FindsACallThatIsSaidNotToHaveArrivedAndDid) {
  EXPECT_THAT(contradictions({report("a", "unavailable", false)}, {{"a", 1}}),
              Contains(HasSubstr("told that no worker received it")));
}

TEST(Reconciliation, FindsACallThatNobodyMade) {
  EXPECT_THAT(contradictions({}, {{"a", 1}}), Contains(HasSubstr("no client knows of it")));
}

}  // namespace
}  // namespace plugbroker::harness
