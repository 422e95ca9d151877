// SPDX-License-Identifier: Apache-2.0
// Windows: how they grow, what they bound, and whom a slow reader holds up.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/unit/engine/engine_world.h"

namespace plugbroker::engine::testing {
namespace {

using protocol::FrameType;

constexpr std::uint32_t window = 10'000;
constexpr std::uint32_t largest_window = 80'000;
constexpr std::uint64_t growth = 100'000;
constexpr std::uint32_t streams = 8;
constexpr protocol::PeerLimits generous{.stream_window = limits::max_window_bytes,
                                        .connection_window = limits::max_window_bytes};

EngineConfig narrow_config() {
  EngineConfig config = one_pool(1, 1, streams);
  config.max_streams_per_session = streams;
  config.flow_control = {.stream_window_bytes = window,
                         .stream_window_max_bytes = largest_window,
                         .connection_window_bytes = 1'000'000,
                         .window_growth_bytes = growth};
  return config;
}

/// Sends messages of `payload` on a stream as long as its credit lasts. What comes back as credit is used too.
class Sender {
 public:
  Sender(FakePeer& peer, std::uint64_t stream, std::uint32_t already_sent) : peer_(peer), stream_(stream) {
    sent_ = already_sent;
  }

  void send_all_it_may(std::size_t most_frames) {
    for (std::size_t i = 0; i < most_frames && window + peer_.credit_for(stream_) >= sent_ + 1032; ++i) {
      peer_.data(stream_, std::string(1000, 's'));
      sent_ += 1032;
    }
  }
  [[nodiscard]] std::uint64_t sent() const { return sent_; }

 private:
  FakePeer& peer_;
  std::uint64_t stream_;
  std::uint64_t sent_ = 0;
};

FakeWorker start_generous_worker(EngineWorld& world) {
  const FakeWorker worker = world.start_process();
  worker.channel.hello(protocol::Role::worker, generous);
  worker.channel.ready({"echo", "other"}, streams);
  return worker;
}

TEST(FlowControl, TellsItsWindowsAtTheOpening) {
  EngineWorld world(narrow_config());

  const protocol::PeerLimits told = world.connect_client().hello_ack().peer.limits;

  EXPECT_EQ(told.stream_window, window);
  EXPECT_EQ(told.connection_window, 1'000'000u);
}

TEST(FlowControl, GrowsTheWindowOfARequestWhoseReaderKeepsUp) {
  EngineWorld world(narrow_config());
  (void)start_generous_worker(world);
  FakePeer& client = world.connect_client();
  client.request(1, "echo", {}, 30s, no_message);

  Sender sender(client, 1, 32);
  sender.send_all_it_may(200);

  const std::uint64_t may_still_send = window + client.credit_for(1) - sender.sent();
  EXPECT_GT(may_still_send, largest_window / 2);
  EXPECT_LE(may_still_send, largest_window);
}

TEST(FlowControl, LeavesTheWindowOfAReaderThatStopsAsItIs) {
  EngineWorld world(narrow_config());
  const FakeWorker worker = start_generous_worker(world);
  worker.channel.stop_reading();
  FakePeer& client = world.connect_client();
  client.request(1, "echo", {}, 30s, no_message);

  Sender sender(client, 1, 32);
  sender.send_all_it_may(200);

  EXPECT_EQ(client.credit_for(1), 0u);
  EXPECT_LE(sender.sent(), window);
}

TEST(FlowControl, BoundsWhatASessionHoldsInTheBrokerWhenTheReaderStops) {
  EngineWorld world(narrow_config());
  const FakeWorker worker = start_generous_worker(world);
  FakePeer& client = world.connect_client();
  std::map<std::uint64_t, Sender> senders;
  for (std::uint64_t id = 1; id <= streams; ++id) {
    client.request(id, "echo", {}, 30s, no_message);
    senders.emplace(id, Sender{client, id, 32});
  }
  for (auto& [id, sender] : senders) sender.send_all_it_may(200);  // Everything is read: windows grow.
  EXPECT_EQ(world.snapshot().buffered_bytes, 0u);

  worker.channel.stop_reading();
  for (auto& [id, sender] : senders) sender.send_all_it_may(1000);

  EXPECT_LE(world.snapshot().buffered_bytes, streams * window + growth);
  EXPECT_GT(world.snapshot().buffered_bytes, streams * window) << "the windows have not grown";
}

TEST(FlowControl, BoundsWhatAWorkerHoldsInTheBrokerWhenTheReadersStop) {
  EngineWorld world(narrow_config());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client(generous);
  std::map<std::uint64_t, Sender> senders;
  for (std::uint64_t id = 1; id <= streams; ++id) {
    client.request(id, "echo");
    senders.emplace(id, Sender{worker.channel, id, 0});
  }
  for (auto& [id, sender] : senders) sender.send_all_it_may(200);

  client.stop_reading();
  for (auto& [id, sender] : senders) sender.send_all_it_may(1000);

  EXPECT_LE(world.snapshot().buffered_bytes, streams * window + growth);
  EXPECT_GT(world.snapshot().buffered_bytes, streams * window);
}

TEST(FlowControl, BoundsWhatEndedCallsHoldWhoseRepliesNobodyReads) {
  constexpr std::uint32_t read_of_each = 300'000;  // Enough for the window to grow; then the reader stops.
  EngineWorld world(narrow_config());
  const FakeWorker worker = world.start_worker();
  FakePeer& client =
      world.connect_client({.stream_window = read_of_each, .connection_window = limits::max_window_bytes});
  for (std::uint64_t id = 1; id <= streams; ++id) {
    client.request(id, "echo");
    Sender sender(worker.channel, id, 0);
    sender.send_all_it_may(1000);
    worker.channel.end(id);
  }

  EXPECT_LE(world.snapshot().buffered_bytes, streams * window + growth);
  EXPECT_GT(world.snapshot().buffered_bytes, streams * window) << "the windows have not grown";
}

TEST(FlowControl, GivesTheGrowthOfAReplyThatWasReadAfterItsEndToOthers) {
  constexpr std::uint32_t read_of_each = 300'000;
  EngineWorld world(narrow_config());
  const FakeWorker worker = world.start_worker();
  FakePeer& client =
      world.connect_client({.stream_window = read_of_each, .connection_window = limits::max_window_bytes});
  std::vector<std::uint64_t> sent;
  for (std::uint64_t id = 1; id <= 5; ++id) {
    client.request(id, "echo");
    Sender sender(worker.channel, id, 0);
    sender.send_all_it_may(1000);
    sent.push_back(sender.sent());
    worker.channel.end(id);
    client.window(id, read_of_each);
    ASSERT_TRUE(client.has_end(id));
  }

  EXPECT_THAT(sent, ::testing::Each(sent.front()));
}

TEST(FlowControl, GivesTheGrowthOfAnEndedStreamToOthers) {
  EngineWorld world(narrow_config());
  const FakeWorker worker = start_generous_worker(world);
  FakePeer& client = world.connect_client();
  std::vector<std::uint64_t> granted;
  for (std::uint64_t id = 1; id <= 5; ++id) {
    client.request(id, "echo", {}, 30s, no_message);
    Sender sender(client, id, 32);
    sender.send_all_it_may(200);
    granted.push_back(window + client.credit_for(id) - sender.sent());
    worker.channel.end(id);
  }

  EXPECT_THAT(granted, ::testing::Each(granted.front()));
}

TEST(FlowControl, ASlowReaderSlowsOnlyItsOwnStreamOfASession) {
  EngineWorld world(one_pool(1, 1, 2));
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client({.stream_window = 10'000, .connection_window = 1'000'000});
  client.request(1, "echo");
  client.request(2, "echo");
  const std::string part(5'000, 'p');

  // Nobody takes stream 1's bytes; stream 2's are taken at once.
  for (int i = 0; i < 10; ++i) {
    worker.channel.data(1, part);
    worker.channel.data(2, part);
    client.window(2, 5'032);
  }

  EXPECT_LT(client.messages_of(1).size(), 2u);
  EXPECT_EQ(client.messages_of(2).size(), 10u);
}

TEST(FlowControl, ASlowWorkerSlowsOnlyItsOwnStreamOfASession) {
  EngineWorld world(one_pool(1, 1, 2));
  const FakeWorker worker = world.start_process();
  worker.channel.hello(protocol::Role::worker, {.stream_window = 10'000, .connection_window = 1'000'000});
  worker.channel.ready({"echo", "other"}, 2);
  FakePeer& client = world.connect_client();
  client.request(1, "echo", {}, 30s, no_message);
  client.request(2, "echo", {}, 30s, no_message);
  const std::string part(5'000, 'p');

  for (int i = 0; i < 10; ++i) {
    client.data(1, part);
    client.data(2, part);
    worker.channel.window(2, 5'032);
  }

  EXPECT_LT(worker.channel.messages_of(1).size(), 2u);
  EXPECT_EQ(worker.channel.messages_of(2).size(), 10u);
}

TEST(FlowControl, ARequestLargerThanTheFirstWindowIsAProtocolError) {
  EngineWorld world(narrow_config());
  FakePeer& client = world.connect_client();

  client.request(1, "echo", std::string(window - 32, 'r'));
  EXPECT_FALSE(client.closed_by_broker);
  client.request(2, "echo", std::string(window - 31, 'r'));

  EXPECT_TRUE(client.closed_by_broker);
}

}  // namespace
}  // namespace plugbroker::engine::testing
