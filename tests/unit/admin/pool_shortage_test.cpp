// SPDX-License-Identifier: Apache-2.0
#include "broker_core/admin/pool_shortage.h"

#include <gmock/gmock.h>

#include <utility>

namespace plugbroker::admin {
namespace {

using engine::WorkerState;
using testing::ElementsAre;
using testing::IsEmpty;

engine::PoolSnapshot pool(std::string name, std::uint32_t min_workers, const std::vector<WorkerState>& workers) {
  engine::PoolSnapshot made;
  made.name = std::move(name);
  made.min_workers = min_workers;
  for (const WorkerState state : workers) made.workers.push_back({.state = state});
  return made;
}

std::vector<PoolShortage> shortages_of(std::vector<engine::PoolSnapshot> pools) {
  engine::Snapshot snapshot;
  snapshot.pools = std::move(pools);
  return pool_shortages(snapshot);
}

TEST(PoolShortage, CountsTheWorkersThatTakeCalls) {
  EXPECT_THAT(shortages_of({pool("a", 2, {WorkerState::ready, WorkerState::busy})}), IsEmpty());
  EXPECT_THAT(shortages_of({pool(
                  "a", 2, {WorkerState::ready, WorkerState::starting, WorkerState::draining, WorkerState::gone})}),
              ElementsAre(PoolShortage{.pool = "a", .ready = 1, .wanted = 2}));
}

TEST(PoolShortage, IsNothingForAPoolWithoutAMinimum) {
  EXPECT_THAT(shortages_of({pool("a", 0, {})}), IsEmpty());
}

TEST(PoolShortage, IsNothingForAPoolThatIsDrainedOrAttachedTo) {
  engine::PoolSnapshot drained = pool("a", 1, {});
  drained.drained = true;
  engine::PoolSnapshot attached = pool("b", 1, {});
  attached.attached_only = true;

  EXPECT_THAT(shortages_of({drained, attached}), IsEmpty());
}

TEST(PoolShortage, IsToldOfEachPoolInOrder) {
  EXPECT_EQ(text_of(shortages_of({pool("b", 1, {}), pool("ok", 1, {WorkerState::ready}), pool("a", 2, {})})),
            "b has 0 of 1 worker, a has 0 of 2 workers");
}

}  // namespace
}  // namespace plugbroker::admin
