// SPDX-License-Identifier: Apache-2.0
// An older and a newer peer against each other: made by the ranges of wire versions that they offer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/engine/engine_world.h"

namespace plugbroker::engine::testing {
namespace {

using protocol::FrameType;
using ::testing::HasSubstr;

struct Range {
  std::uint16_t min;
  std::uint16_t max;
};

std::string text(const Range& range) {
  return std::to_string(range.min) + " to " + std::to_string(range.max);
}

constexpr std::array<Range, 6> ranges{{{1, 1}, {1, 2}, {2, 2}, {1, 3}, {2, 3}, {3, 3}}};

EngineConfig broker_of(const Range& range) {
  EngineConfig config = one_pool();
  config.wire_version_min = range.min;
  config.wire_version_max = range.max;
  return config;
}

void hello(FakePeer& peer, protocol::Role role, const Range& range) {
  protocol::Hello hello{.role = role, .peer = {}};
  hello.peer.wire_version_min = range.min;
  hello.peer.wire_version_max = range.max;
  peer.send([&](auto& writer) { writer.hello(hello); });
}

void expect_answer(const FakePeer& peer, const Range& own, const Range& broker) {
  SCOPED_TRACE("the peer speaks " + text(own) + ", the broker " + text(broker));
  const protocol::HelloAck ack = peer.hello_ack();
  const std::uint16_t common = std::min(own.max, broker.max);
  const bool have_common = common >= std::max(own.min, broker.min);
  EXPECT_EQ(ack.result.ok(), have_common);
  EXPECT_EQ(ack.peer.wire_version_min, broker.min);
  EXPECT_EQ(ack.peer.wire_version_max, broker.max);
  EXPECT_EQ(ack.wire_version, have_common ? common : 0);
  EXPECT_EQ(peer.closed_by_broker, !have_common);
  const std::string refusal = "no common wire version: the client speaks " + text(own) + ", the server " + text(broker);
  EXPECT_EQ(ack.result.message, have_common ? "" : refusal);
  EXPECT_EQ(ack.result.code, have_common ? StatusCode::ok : StatusCode::failed_precondition);
}

TEST(VersionMatrix, AClientAndABrokerSpeakTheHighestThatBothKnowOrPartWithAReason) {
  for (const Range& broker : ranges) {
    for (const Range& client : ranges) {
      EngineWorld world(broker_of(broker));
      FakePeer& peer = world.connect();

      hello(peer, protocol::Role::client, client);

      expect_answer(peer, client, broker);
    }
  }
}

TEST(VersionMatrix, AWorkerAndABrokerSpeakTheHighestThatBothKnowOrPartWithAReason) {
  for (const Range& broker : ranges) {
    for (const Range& worker : ranges) {
      EngineWorld world(broker_of(broker));
      const FakeWorker process = world.start_process();

      hello(process.channel, protocol::Role::worker, worker);

      expect_answer(process.channel, worker, broker);
      EXPECT_EQ(world.pool().workers_failed, process.channel.closed_by_broker ? 1u : 0u);
    }
  }
}

TEST(VersionMatrix, ARefusedWorkersReasonIsWhatThePoolShows) {
  EngineWorld world(broker_of({2, 3}));
  const FakeWorker process = world.start_process();

  hello(process.channel, protocol::Role::worker, {1, 1});

  EXPECT_THAT(world.pool().last_failure, HasSubstr("no common wire version"));
}

TEST(VersionMatrix, CallsGoBetweenAnOlderClientAndANewerWorker) {
  EngineWorld world(broker_of({1, 3}));
  const FakeWorker worker = world.start_process();
  hello(worker.channel, protocol::Role::worker, {3, 3});
  worker.channel.ready({"echo", "other"}, 1);
  FakePeer& client = world.connect();
  hello(client, protocol::Role::client, {1, 1});

  client.request(1, "echo", "across");
  worker.channel.reply(1, "versions");

  EXPECT_EQ(client.hello_ack().wire_version, 1u);
  EXPECT_EQ(worker.channel.hello_ack().wire_version, 3u);
  EXPECT_EQ(client.reply_of(1), "versions");
}

TEST(VersionMatrix, AFeatureThatTheOtherLacksIsRefusedByItsNumber) {
  EngineWorld world(one_pool());
  FakePeer& peer = world.connect();
  protocol::Hello hello{.role = protocol::Role::client, .peer = {}};
  hello.peer.features_supported = hello.peer.features_required = 1u << 5;

  peer.send([&](auto& writer) { writer.hello(hello); });

  EXPECT_EQ(peer.hello_ack().result.code, StatusCode::failed_precondition);
  EXPECT_THAT(peer.hello_ack().result.message, HasSubstr("bit 5"));
}

}  // namespace
}  // namespace plugbroker::engine::testing
