// SPDX-License-Identifier: Apache-2.0
// Workers that stop themselves, by GOAWAY, while clients call: no call is lost, none executed twice, and nobody calls
// it a failure.
#include <gmock/gmock.h>

#include <memory>

#include "tests/integration/harness/broker_census.h"
#include "tests/integration/harness/ledger.h"
#include "tests/integration/harness/test_folder.h"
#include "tests/integration/harness/text_encoding.h"

namespace plugbroker::harness {
namespace {

using testing::Each;
using testing::Field;
using testing::Ge;
using testing::IsEmpty;
using testing::SizeIs;

constexpr unsigned clients = 4;
constexpr unsigned calls_of_each = 60;
constexpr unsigned in_flight = 4;
constexpr unsigned calls_of_a_worker = 20;  // About: by misbehaving_worker's mode `retire`.

class WorkerRetirement : public testing::Test {
 protected:
  WorkerRetirement() { service_.start(); }

  InstalledService::Options options() const {
    PoolText pool =
        misbehaving_pool("retire", {"recorded"}, {{"min_workers", 2}, {"max_workers", 2}, {"concurrency", 4}});
    pool.environment["WORKER_LEDGER"] = narrow(ledger_.wstring());
    return {.pools = {pool}};
  }

  TestFolder ledger_folder_;
  std::filesystem::path ledger_ = ledger_folder_.path() / "ledger.txt";
  InstalledService service_{options()};
};

TEST_F(WorkerRetirement, LosesNoCallAndIsNoFailure) {
  std::vector<std::unique_ptr<BurstCaller>> callers;
  for (unsigned i = 0; i < clients; ++i) {
    const std::string name = "client" + std::to_string(i);
    callers.push_back(std::make_unique<BurstCaller>(service_, "recorded", name, calls_of_each, in_flight));
  }
  std::vector<CallReport> told;
  for (const auto& caller : callers) std::ranges::move(caller->reports(), std::back_inserter(told));

  EXPECT_THAT(told, SizeIs(clients * calls_of_each));
  EXPECT_THAT(told, Each(Field(&CallReport::status, "ok")));
  EXPECT_THAT(contradictions(told, read_ledger(ledger_)), IsEmpty());
  const auto pool = service_.pool("retire");
  EXPECT_EQ(pool.at("workers_failed").to_number<unsigned>(), 0u);
  // A worker finishes up to `concurrency` calls beyond the one that it retires in.
  EXPECT_THAT(pool.at("workers_started").to_number<unsigned>(), Ge(clients * calls_of_each / (calls_of_a_worker + 4)));
}

}  // namespace
}  // namespace plugbroker::harness
