// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/engine/engine_world.h"

namespace plugbroker::engine::testing {
namespace {

using protocol::FrameType;

// Four of them, with their charge, are a little more than a stream's window.
const std::string chunk(limits::stream_window_bytes / 4, 'c');
constexpr std::uint32_t chunk_charge = limits::stream_window_bytes / 4 + limits::frame_charge_bytes;

TEST(Relay, CarriesARequestOfManyChunksWithItsMessageBorders) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  const std::string tail = "the end";

  client.request(1, "echo", "start", 30s, more);
  client.data(1, chunk, more);
  client.data(1, tail, whole);

  const std::vector<SeenFrame> data = worker.channel.seen(FrameType::data, 1);
  EXPECT_EQ(worker.channel.seen(FrameType::request, 1).at(0).header.flags, more);
  EXPECT_EQ(data.at(0).header.flags, more);
  EXPECT_EQ(data.at(0).payload, chunk);
  EXPECT_EQ(data.at(1).header.flags, whole);
  EXPECT_EQ(data.at(1).payload, tail);
}

TEST(Relay, ReturnsStreamCreditWhenTheBytesWentToTheOtherSide) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  worker.channel.stop_reading();
  client.request(1, "echo", chunk, 30s, more);
  client.data(1, chunk, more);
  client.data(1, chunk, more);
  EXPECT_EQ(client.credit_for(1), 0u);

  worker.channel.read_again();

  EXPECT_EQ(client.credit_for(1), 2 * chunk_charge);
}

TEST(Relay, ReturnsNoStreamCreditAfterEndStream) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  worker.channel.stop_reading();
  client.request(1, "echo", chunk, 30s, more);
  client.data(1, chunk, more);
  client.data(1, chunk, whole);

  worker.channel.read_again();

  EXPECT_EQ(worker.channel.reply_of(1).size(), 2 * chunk.size());
  EXPECT_EQ(client.credit_for(1), 0u);
}

TEST(Relay, ReturnsConnectionCreditAsSoonAsBytesWereRead) {
  EngineWorld world(one_pool());
  FakePeer& client = world.connect_client();

  for (std::uint64_t stream = 1; stream <= 16; ++stream) client.request(stream, "echo", chunk);

  EXPECT_EQ(client.credit_for(0), 16 * chunk_charge);
}

TEST(Relay, ClosesTheSessionThatSendsMoreThanItsStreamCredit) {
  EngineWorld world(one_pool());
  FakePeer& client = world.connect_client();

  client.request(1, "echo", chunk, 30s, more);
  client.data(1, chunk, more);
  client.data(1, chunk, more);
  EXPECT_FALSE(client.closed_by_broker);
  client.data(1, chunk, more);

  EXPECT_TRUE(client.closed_by_broker);
  EXPECT_EQ(client.goaway().status, StatusCode::invalid_argument);
  EXPECT_TRUE(world.logged("protocol_error"));
  EXPECT_EQ(world.snapshot().buffered_bytes, 0u);
}

TEST(Relay, LetsASlowReaderHoldUpOnlyItsOwnCall) {
  EngineWorld world(one_pool(1, 1, 2));
  const FakeWorker worker = world.start_worker();
  protocol::PeerLimits narrow;
  narrow.stream_window = 64 * 1024;
  FakePeer& slow = world.connect_client(narrow);
  FakePeer& fast = world.connect_client();
  slow.request(1, "echo");
  fast.request(1, "echo");

  for (int i = 0; i < 3; ++i) worker.channel.data(1, chunk, more);
  worker.channel.reply(2, "quick");

  EXPECT_LT(slow.reply_of(1).size(), 2 * chunk.size());  // With their charge, two chunks are more than 64 KiB.
  EXPECT_EQ(fast.reply_of(1), "quick");
  EXPECT_EQ(fast.end_of(1).status, StatusCode::ok);
}

TEST(Relay, GoesOnWhenTheReaderGivesCredit) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  protocol::PeerLimits narrow;
  narrow.stream_window = 70 * 1024;
  FakePeer& client = world.connect_client(narrow);
  client.request(1, "echo");
  worker.channel.data(1, chunk, more);
  worker.channel.data(1, chunk, more);
  worker.channel.data(1, chunk);
  worker.channel.end(1);
  EXPECT_FALSE(client.has_end(1));

  client.window(1, 2 * chunk_charge);

  EXPECT_EQ(client.reply_of(1).size(), 3 * chunk.size());
  EXPECT_EQ(client.end_of(1).status, StatusCode::ok);
}

TEST(Relay, GoesOnWithEveryStreamWhenTheReaderGivesConnectionCredit) {
  EngineWorld world(one_pool(1, 1, 2));
  const FakeWorker worker = world.start_worker();
  protocol::PeerLimits narrow;
  narrow.connection_window = 2 * chunk_charge;
  FakePeer& client = world.connect_client(narrow);
  client.request(1, "echo");
  client.request(2, "echo");
  worker.channel.data(1, chunk, more);
  worker.channel.data(1, chunk, more);
  worker.channel.reply(1, chunk);
  worker.channel.reply(2, chunk);
  EXPECT_EQ(client.count(FrameType::data), 2u);

  client.window(0, 2 * chunk_charge);

  EXPECT_EQ(client.reply_of(1), chunk + chunk + chunk);
  EXPECT_EQ(client.reply_of(2), chunk);
  EXPECT_EQ(client.count(FrameType::end), 2u);
}

TEST(Relay, ReturnsTheWorkersStreamCreditWhenTheClientTookItsBytes) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  client.stop_reading();
  worker.channel.data(1, chunk, more);
  worker.channel.data(1, chunk, more);
  EXPECT_EQ(worker.channel.credit_for(1), 0u);

  client.read_again();

  EXPECT_EQ(worker.channel.credit_for(1), 2 * chunk_charge);
}

TEST(Relay, SendsAnErrorEndAlsoWithoutCredit) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  protocol::PeerLimits narrow;
  narrow.connection_window = 4128;
  narrow.max_chunk = 4096;
  FakePeer& client = world.connect_client(narrow);
  client.request(1, "echo");
  worker.channel.data(1, chunk, more);

  client.cancel(1);

  EXPECT_EQ(client.end_of(1).status, StatusCode::cancelled);
}

TEST(Relay, CutsChunksToWhatThePeerTakesAndKeepsTheMessageWhole) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  protocol::PeerLimits small;
  small.max_chunk = 4096;
  FakePeer& client = world.connect_client(small);
  client.request(1, "echo");

  worker.channel.reply(1, chunk);

  const std::vector<SeenFrame> data = client.seen(FrameType::data, 1);
  EXPECT_EQ(data.size(), chunk.size() / 4096);
  EXPECT_EQ(data.front().header.flags, more);
  EXPECT_EQ(data.back().header.flags, 0);
  EXPECT_EQ(client.reply_of(1), chunk);
}

TEST(Relay, NeverStallsOnTheSmallestWindowsAllowed) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  protocol::PeerLimits smallest{.max_chunk = 4096, .stream_window = 4128, .connection_window = 4128};
  FakePeer& client = world.connect_client(smallest);
  client.request(1, "echo");
  worker.channel.reply(1, chunk);

  // A reader gives credit back only when half of its window is due.
  std::uint32_t given_back = 0;
  while (!client.has_end(1)) {
    const auto charged = static_cast<std::uint32_t>(client.reply_of(1).size() + 32 * client.count(FrameType::data));
    const std::uint32_t due = charged - given_back;
    ASSERT_GE(due, 4128u / 2);
    client.window(0, due);
    client.window(1, due);
    given_back = charged;
  }

  EXPECT_EQ(client.reply_of(1), chunk);
  EXPECT_EQ(client.end_of(1).status, StatusCode::ok);
}

TEST(Relay, LetsStreamsTakeTurnsAndPutsControlFirst) {
  EngineWorld world(one_pool(1, 1, 2));
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  client.request(2, "echo");
  client.stop_reading();
  worker.channel.data(1, "a1", more);
  worker.channel.data(1, "a2", more);
  worker.channel.data(2, "b1", more);
  worker.channel.data(2, "b2", more);
  client.send([](auto& writer) { writer.ping(9); });
  client.forget_frames();

  client.read_again();

  std::string order;
  for (const SeenFrame& frame : client.frames()) order += frame.payload.empty() ? "pong " : frame.payload + " ";
  EXPECT_EQ(order, "pong a1 b1 a2 b2 ");
}

TEST(Relay, GivesAtMostTheAskedForBytesInWholeFrames) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  client.stop_reading();
  for (int i = 0; i < 3; ++i) worker.channel.data(1, chunk, more);

  std::vector<std::byte> buffer;
  const std::size_t taken = world.engine.take_output(client.connection(), buffer, limits::max_frame_bytes, world.now);

  EXPECT_EQ(taken, 2 * (limits::frame_header_bytes + chunk.size()));
  EXPECT_EQ(buffer.size(), taken);
}

TEST(Relay, TakesFramesOfSeveralConnectionsCutAnywhere) {
  EngineWorld world(one_pool(1, 1, 2));
  const FakeWorker worker = world.start_worker();
  FakePeer& one = world.connect_client();
  FakePeer& two = world.connect_client();
  std::vector<std::byte> first;
  std::vector<std::byte> second;
  protocol::FrameWriter{first}.request(1, whole, 1'000'000, {.route = "echo"}, as_byte_view("from one"));
  protocol::FrameWriter{second}.request(1, whole, 1'000'000, {.route = "echo"}, as_byte_view("from two"));

  for (std::size_t i = 0; i < first.size(); ++i) {
    one.send_bytes(ByteView{first}.subspan(i, 1));
    two.send_bytes(ByteView{second}.subspan(i, 1));
  }
  worker.channel.reply(1, "to one");
  worker.channel.reply(2, "to two");

  EXPECT_EQ(worker.channel.seen(FrameType::request, 1).at(0).payload, "from one");
  EXPECT_EQ(worker.channel.seen(FrameType::request, 2).at(0).payload, "from two");
  EXPECT_EQ(one.reply_of(1), "to one");
  EXPECT_EQ(two.reply_of(1), "to two");
}

TEST(Relay, DropsWhatAClientStillSendsAfterItsCallEnded) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo", "part", 30s, more);
  worker.channel.reply(1, "enough");

  client.data(1, "rest", whole);

  EXPECT_EQ(client.end_of(1).status, StatusCode::ok);
  EXPECT_EQ(worker.channel.count(FrameType::data), 0u);
  EXPECT_FALSE(client.closed_by_broker);
  EXPECT_EQ(world.snapshot().buffered_bytes, 0u);
}

TEST(Relay, AnnouncesOutputOnceUntilItWasTakenCompletely) {
  Engine engine(one_pool(0, 1), TimePoint{1s});
  Command command;
  engine.handle(ClientConnected{ConnectionId{1}, 1}, TimePoint{1s});
  std::vector<std::byte> bytes;
  protocol::FrameWriter{bytes}.hello({.role = protocol::Role::client, .peer = {}});
  engine.handle(BytesReceived{ConnectionId{1}, bytes}, TimePoint{1s});
  engine.handle(CallerIdentified{ConnectionId{1}, {}, "S-1-1-0", {}, {true, true}}, TimePoint{1s});
  bytes.clear();
  protocol::FrameWriter{bytes}.ping(1);
  protocol::FrameWriter{bytes}.ping(2);
  engine.handle(BytesReceived{ConnectionId{1}, bytes}, TimePoint{1s});

  int announced = 0;
  while (engine.next_command(command)) announced += std::holds_alternative<OutputReady>(command) ? 1 : 0;

  EXPECT_EQ(announced, 1);
}

}  // namespace
}  // namespace plugbroker::engine::testing
