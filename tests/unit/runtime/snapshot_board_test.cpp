// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <memory>

#include "broker_core/runtime/broker_loop.h"

namespace plugbroker::runtime {
namespace {

std::shared_ptr<const engine::Snapshot> with_sessions(std::uint32_t sessions) {
  engine::Snapshot snapshot;
  snapshot.sessions = sessions;
  return std::make_shared<const engine::Snapshot>(snapshot);
}

TEST(SnapshotBoard, HasNothingBeforeTheFirstPublish) {
  const SnapshotBoard board;

  EXPECT_EQ(board.latest(), nullptr);
}

TEST(SnapshotBoard, ShowsTheLatestSnapshot) {
  SnapshotBoard board;
  board.publish(with_sessions(1));
  board.publish(with_sessions(2));

  EXPECT_EQ(board.latest()->sessions, 2u);
}

TEST(SnapshotBoard, LeavesASnapshotAloneThatSomebodyStillReads) {
  SnapshotBoard board;
  board.publish(with_sessions(1));
  const auto held = board.latest();
  board.publish(with_sessions(2));

  EXPECT_EQ(held->sessions, 1u);
}

}  // namespace
}  // namespace plugbroker::runtime
