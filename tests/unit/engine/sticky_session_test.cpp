// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/engine/engine_world.h"

namespace plugbroker::engine::testing {
namespace {

using protocol::FrameType;

EngineConfig sticky(std::uint32_t workers, std::uint32_t concurrency = 1) {
  EngineConfig config = one_pool(workers, workers, concurrency);
  config.pools[0].sticky_sessions = true;
  return config;
}

TEST(StickySession, HasItsCallsAtOneWorker) {
  EngineWorld world(sticky(2, 4));
  const FakeWorker one = world.start_worker();
  const FakeWorker two = world.start_worker();
  FakePeer& client = world.connect_client();

  for (std::uint64_t stream = 1; stream <= 4; ++stream) client.request(stream, "echo");

  EXPECT_EQ(one.channel.count(FrameType::request), 4u);
  EXPECT_EQ(two.channel.count(FrameType::request), 0u);
}

TEST(StickySession, DoesNotBindOthersToItsWorker) {
  EngineWorld world(sticky(2, 4));
  const FakeWorker one = world.start_worker();
  const FakeWorker two = world.start_worker();
  FakePeer& client = world.connect_client();
  FakePeer& other = world.connect_client();
  client.request(1, "echo");
  client.request(2, "echo");

  other.request(1, "echo");
  other.request(2, "echo");
  other.request(3, "echo");

  EXPECT_EQ(one.channel.count(FrameType::request), 2u);
  EXPECT_EQ(two.channel.count(FrameType::request), 3u);
}

TEST(StickySession, GoesToTheLeastLoadedWorkerWhenItsOwnHasNoFreeSlot) {
  EngineWorld world(sticky(2));
  const FakeWorker one = world.start_worker();
  const FakeWorker two = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");

  client.request(2, "echo");
  one.channel.end(1);
  two.channel.end(1);
  client.request(3, "echo");

  EXPECT_EQ(one.channel.count(FrameType::request), 1u);
  EXPECT_EQ(two.channel.count(FrameType::request), 2u);
}

TEST(StickySession, GoesToAnotherWorkerWhenItsOwnTakesNoMore) {
  EngineWorld world(sticky(2));
  const FakeWorker one = world.start_worker();
  const FakeWorker two = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  one.channel.end(1);

  world.kill(one);
  client.request(2, "echo");

  EXPECT_EQ(two.channel.count(FrameType::request), 1u);
}

TEST(StickySession, IsNotKeptUnlessThePoolSaysSo) {
  EngineWorld world(one_pool(2, 2, 4));
  const FakeWorker one = world.start_worker();
  const FakeWorker two = world.start_worker();
  FakePeer& client = world.connect_client();

  client.request(1, "echo");
  one.channel.end(1);
  client.request(2, "echo");

  EXPECT_EQ(one.channel.count(FrameType::request), 1u);
  EXPECT_EQ(two.channel.count(FrameType::request), 1u);
}

}  // namespace
}  // namespace plugbroker::engine::testing
