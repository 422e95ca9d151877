// SPDX-License-Identifier: Apache-2.0
#include "client_lib/core/client_connection.h"

#include <gtest/gtest.h>

#include "tests/unit/client_lib/scripted_server.h"

namespace plugbroker::client {
namespace {

using protocol::FrameType;
using Kind = SeenEvent::Kind;

TEST(ClientConnection, SendsHelloFirstAndNothingElseBeforeTheAnswer) {
  ConnectionFixture f;

  const auto first = f.write();
  const auto second = f.write();

  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].header.type, FrameType::hello);
  EXPECT_EQ(protocol::decode_hello(first[0].meta)->role, protocol::Role::client);
  EXPECT_TRUE(second.empty());
  EXPECT_FALSE(f.connection.can_start());
}

TEST(ClientConnection, OpensWhenTheServerAccepts) {
  ConnectionFixture f;
  f.write();

  f.connection.receive(f.server.hello_ack());

  const auto events = f.events();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].kind, Kind::opened);
  EXPECT_TRUE(f.connection.can_start());
}

TEST(ClientConnection, SendsASmallCallAsOneFrame) {
  ConnectionFixture f;
  f.open();
  f.start(7, call_to("echo", "hello"));

  const auto frames = f.write();

  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].header.type, FrameType::request);
  EXPECT_EQ(frames[0].header.flags, protocol::flag_end_stream);
  EXPECT_EQ(frames[0].header.stream_id, 1u);
  EXPECT_EQ(frames[0].route(), "echo");
  EXPECT_EQ(frames[0].payload, "hello");
}

TEST(ClientConnection, SendsAnEmptyCallAsOneFrameWithoutPayload) {
  ConnectionFixture f;
  f.open();
  f.start(7, call_to("echo"));

  const auto frames = f.write();

  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].header.flags, protocol::flag_end_stream);
  EXPECT_EQ(frames[0].header.payload_len, 0u);
}

TEST(ClientConnection, ForwardsTheDeadlineLessFivePercentOrTwentyMilliseconds) {
  ConnectionFixture f;
  f.open();
  f.start(1, call_to("echo", "", at(1s)));
  f.start(2, call_to("echo", "", at(100ms)));

  const auto frames = f.write(at(0s));

  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[0].header.deadline_us, 980'000u);
  EXPECT_EQ(frames[1].header.deadline_us, 95'000u);
}

TEST(ClientConnection, GivesTheReplyWithItsContentType) {
  ConnectionFixture f;
  f.open();
  f.start(7, call_to("echo", "x"));
  f.write();
  f.server.write().data(1, protocol::flag_more, bytes_of("one "));
  f.server.write().data(1, 0, bytes_of("two"));
  protocol::EndMeta end;
  end.origin = Origin::worker;
  end.worker_received = true;
  end.content_type = "text/plain";
  f.server.write().end(1, end);

  f.connection.receive(f.server.take());

  const auto events = f.events();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].kind, Kind::call_ended);
  EXPECT_EQ(events[0].call, 7);
  EXPECT_EQ(events[0].outcome.status, StatusCode::ok);
  EXPECT_EQ(text_of(events[0].outcome.data), "one two");
  EXPECT_EQ(events[0].outcome.content_type, "text/plain");
  EXPECT_TRUE(events[0].outcome.worker_received);
  EXPECT_EQ(f.connection.streams(), 0u);
}

TEST(ClientConnection, GivesTheServersErrorAndNoneOfTheBytesBeforeIt) {
  ConnectionFixture f;
  f.open();
  f.start(7, call_to("echo", "x"));
  f.write();
  f.server.write().data(1, protocol::flag_more, bytes_of("half"));

  f.connection.receive(f.server.end(1, StatusCode::internal, "it threw"));

  const auto events = f.events();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].outcome.status, StatusCode::internal);
  EXPECT_EQ(events[0].outcome.message, "it threw");
  EXPECT_EQ(events[0].outcome.origin, Origin::worker);
  EXPECT_TRUE(events[0].outcome.data.empty());
}

TEST(ClientConnection, AnswersRepliesInAnyOrder) {
  ConnectionFixture f;
  f.open();
  f.start(11, call_to("a"));
  f.start(12, call_to("b"));
  f.write();

  f.connection.receive(f.server.reply(2, "second"));
  f.connection.receive(f.server.reply(1, "first"));

  const auto events = f.events();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].call, 12);
  EXPECT_EQ(events[1].call, 11);
  EXPECT_EQ(text_of(events[1].outcome.data), "first");
}

TEST(ClientConnection, CutsALargeRequestIntoChunksAndStopsAtTheStreamsCredit) {
  ConnectionFixture f;
  f.open();
  const std::string large(300'000, 'x');
  f.start(1, call_to("echo", large));

  std::size_t sent = 0;
  std::size_t frames_sent = 0;
  for (int write = 0; write < 5; ++write) {
    for (const auto& frame : f.write()) {
      EXPECT_LE(frame.header.payload_len, limits::max_chunk_bytes);
      EXPECT_EQ(frame.header.flags, protocol::flag_more);
      sent += frame.payload.size();
      ++frames_sent;
    }
    EXPECT_LE(f.buffer.size(), limits::max_write_bytes);
  }

  EXPECT_LE(sent + 32 * frames_sent, limits::stream_window_bytes);
  EXPECT_GE(sent + 32 * frames_sent + 32, limits::stream_window_bytes) << "what is left buys no byte";
}

TEST(ClientConnection, SendsTheRestOnceTheServerReturnsCredit) {
  ConnectionFixture f;
  f.open();
  const std::string large(300'000, 'x');
  f.start(1, call_to("echo", large));
  std::string received;
  for (int write = 0; write < 3; ++write) {
    for (const auto& frame : f.write()) received += frame.payload;
  }

  f.server.write().window(1, 200'000);
  f.connection.receive(f.server.take());
  const auto rest = f.write();

  for (const auto& frame : rest) received += frame.payload;
  EXPECT_EQ(received, large);
  EXPECT_EQ(rest.back().header.flags, protocol::flag_end_stream);
}

TEST(ClientConnection, LetsASmallCallPassALargeOneThatWaitsForCredit) {
  ConnectionFixture f;
  f.open();
  const std::string large(300'000, 'x');
  f.start(1, call_to("upload", large));
  for (int write = 0; write < 3; ++write) f.write();

  f.start(2, call_to("echo", "small"));
  const auto frames = f.write();

  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].payload, "small");
}

TEST(ClientConnection, StopsAtTheConnectionsCredit) {
  ConnectionFixture f;
  f.open({.connection_window = 8192});
  f.start(1, call_to("echo", std::string_view{"0123456789"}));
  const std::string large(10'000, 'x');
  f.start(2, call_to("echo", large));

  std::size_t charged = 0;
  for (int write = 0; write < 3; ++write) {
    for (const auto& frame : f.write()) charged += frame.payload.size() + 32;
  }

  EXPECT_EQ(charged, 8192u);
}

TEST(ClientConnection, ReturnsCreditForReplyBytesOnceHalfOfTheWindowIsDue) {
  ConnectionFixture f;
  f.open();
  f.start(1, call_to("echo"));
  f.write();
  const std::string chunk(limits::stream_window_bytes / 4 - 32, 'y');
  for (int i = 0; i < 2; ++i) f.server.write().data(1, protocol::flag_more, bytes_of(chunk));

  f.connection.receive(f.server.take());
  const auto frames = f.write();

  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].header.type, FrameType::window);
  EXPECT_EQ(frames[0].header.stream_id, 1u);
  EXPECT_EQ(*protocol::decode_credit(frames[0].meta), limits::stream_window_bytes / 2);
}

TEST(ClientConnection, AnswersPingWithTheSameValue) {
  ConnectionFixture f;
  f.open();
  f.server.write().ping(0xABCDEF);

  f.connection.receive(f.server.take());
  const auto frames = f.write();

  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].header.type, FrameType::pong);
  EXPECT_EQ(*protocol::decode_opaque(frames[0].meta), 0xABCDEFu);
}

TEST(ClientConnection, SendsControlFramesBeforeData) {
  ConnectionFixture f;
  f.open();
  f.start(1, call_to("echo", "payload"));
  f.server.write().ping(5);
  f.connection.receive(f.server.take());

  const auto frames = f.write();

  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[0].header.type, FrameType::pong);
  EXPECT_EQ(frames[1].header.type, FrameType::request);
}

TEST(ClientConnection, AsksTheServerToCancelAnAbandonedCallAndKeepsItsStreamUntilTheEnd) {
  ConnectionFixture f;
  f.open({.max_streams = 1});
  f.start(1, call_to("echo"));
  f.write();

  EXPECT_TRUE(f.abandon(1));
  const auto frames = f.write();
  const bool before_end = f.connection.can_start();
  f.connection.receive(f.server.end(1, StatusCode::cancelled));

  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].header.type, FrameType::cancel);
  EXPECT_FALSE(before_end);
  EXPECT_TRUE(f.connection.can_start());
  EXPECT_TRUE(f.events().empty());
}

TEST(ClientConnection, SendsNothingOfACallAbandonedBeforeItWasWritten) {
  ConnectionFixture f;
  f.open();
  f.start(1, call_to("echo"));

  EXPECT_FALSE(f.abandon(1));

  EXPECT_TRUE(f.write().empty());
}

TEST(ClientConnection, StopsUploadingAnAbandonedCall) {
  ConnectionFixture f;
  f.open();
  const std::string large(300'000, 'x');
  f.start(1, call_to("upload", large));
  f.write();
  f.abandon(1);
  f.write();

  f.server.write().window(1, 200'000);
  f.connection.receive(f.server.take());

  EXPECT_TRUE(f.write().empty());
}

TEST(ClientConnection, TakesNoMoreCallsThanTheServersStreams) {
  ConnectionFixture f;
  f.open({.max_streams = 2});
  f.start(1, call_to("a"));
  f.start(2, call_to("b"));

  EXPECT_FALSE(f.connection.can_start());
}

TEST(ClientConnection, RefusesARequestOneByteAboveTheServersLimitAndSendsOneAtTheLimit) {
  ConnectionFixture f;
  f.open({.max_payload = 1000});
  const std::string at_limit(1000, 'x');
  const std::string above(1001, 'x');
  f.start(1, call_to("echo", at_limit));
  f.start(2, call_to("echo", above));

  const auto frames = f.write();
  const auto events = f.events();

  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].payload.size(), 1000u);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].call, 2);
  EXPECT_EQ(events[0].outcome.status, StatusCode::resource_exhausted);
  EXPECT_FALSE(events[0].outcome.worker_received);
}

TEST(ClientConnection, KeepsToWhatTheServerTakes) {
  ConnectionFixture f;
  f.write();

  f.connection.receive(f.server.hello_ack({.max_chunk = 8192,
                                           .max_streams = 100'000,
                                           .stream_window = 10'000,
                                           .connection_window = 0x7FFF'FFFF,
                                           .max_payload = 1u << 30}));

  const protocol::PeerLimits& agreed = f.connection.peer().limits;
  EXPECT_EQ(agreed.max_chunk, 8192u);
  EXPECT_EQ(agreed.max_streams, limits::default_max_streams);
  EXPECT_EQ(agreed.stream_window, 10'000u);
  EXPECT_EQ(agreed.connection_window, 0x7FFF'FFFFu);
  EXPECT_EQ(agreed.max_payload, limits::default_max_payload_bytes);
}

TEST(ClientConnection, TakesAsMuchAsItGrantedHoweverLittleTheServerGrants) {
  ConnectionFixture f;
  f.open({.max_chunk = 4096, .stream_window = 4128, .connection_window = 4128});
  f.start(1, call_to("echo"));
  f.write();
  const std::string chunk(limits::stream_window_bytes / 4 - 32, 'y');
  for (int i = 0; i < 2; ++i) f.server.write().data(1, protocol::flag_more, bytes_of(chunk));

  f.connection.receive(f.server.take());
  const auto frames = f.write();

  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].header.type, FrameType::window);
  EXPECT_EQ(*protocol::decode_credit(frames[0].meta), limits::stream_window_bytes / 2);
}

}  // namespace
}  // namespace plugbroker::client
