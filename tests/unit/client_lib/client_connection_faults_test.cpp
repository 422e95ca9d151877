// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "client_lib/core/client_connection.h"
#include "tests/unit/client_lib/scripted_server.h"

namespace plugbroker::client {
namespace {

using protocol::FrameType;
using Kind = SeenEvent::Kind;

/// A connection with one call on stream 1.
struct WithOneCall : ConnectionFixture {
  WithOneCall() {
    open();
    start(1, call_to("echo", "x"));
    write();
  }
};

/// The call ended unavailable, the reason went to the server, and nothing is left to do.
void expect_protocol_error(WithOneCall& f, std::string_view reason) {
  const auto events = f.events();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].kind, Kind::call_ended);
  EXPECT_EQ(events[0].outcome.status, StatusCode::unavailable);
  EXPECT_EQ(events[0].outcome.retry, RetryClass::never);
  EXPECT_TRUE(events[0].outcome.worker_received);
  EXPECT_EQ(events[1].kind, Kind::broken);
  EXPECT_NE(events[1].status.message.find(reason), std::string::npos) << events[1].status.message;
  const auto frames = f.write();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].header.type, FrameType::goaway);
  EXPECT_EQ(protocol::decode_goaway(frames[0].meta)->status, StatusCode::invalid_argument);
  EXPECT_TRUE(f.connection.finished());
}

TEST(ClientConnectionFaults, TellsARefusalWithTheServersWords) {
  ConnectionFixture f;
  f.write();

  f.connection.receive(f.server.refusal(StatusCode::resource_exhausted, "too many sessions"));

  const auto events = f.events();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].kind, Kind::refused);
  EXPECT_EQ(events[0].status.code, StatusCode::resource_exhausted);
  EXPECT_EQ(events[0].status.message, "too many sessions");
  EXPECT_TRUE(f.connection.finished());
}

TEST(ClientConnectionFaults, SaysThatAnythingElseThanAHelloAckIsNoPlugBroker) {
  ConnectionFixture f;
  f.write();

  f.connection.receive(bytes_of("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"));

  const auto events = f.events();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].kind, Kind::not_our_peer);
  EXPECT_TRUE(f.connection.finished());
  EXPECT_TRUE(f.write().empty());
}

TEST(ClientConnectionFaults, EndsSentCallsAndReturnsUnsentOnesWhenThePipeIsLost) {
  WithOneCall f;
  f.start(2, call_to("echo", "never written"));

  f.connection.lose("gone");

  const auto events = f.events();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].kind, Kind::call_returned);
  EXPECT_EQ(events[0].call, 2);
  EXPECT_EQ(events[1].kind, Kind::call_ended);
  EXPECT_EQ(events[1].call, 1);
  EXPECT_EQ(events[1].outcome.status, StatusCode::unavailable);
  EXPECT_EQ(events[1].outcome.retry, RetryClass::never);
  EXPECT_TRUE(events[1].outcome.worker_received);
}

TEST(ClientConnectionFaults, LetsRunningCallsFinishAfterAGoaway) {
  WithOneCall f;
  f.start(2, call_to("echo", "never written"));

  f.connection.receive(f.server.goaway(1));
  const auto at_goaway = f.events();
  f.connection.receive(f.server.reply(1, "done"));
  const auto afterwards = f.events();

  ASSERT_EQ(at_goaway.size(), 2u);
  EXPECT_EQ(at_goaway[0].kind, Kind::call_returned);
  EXPECT_EQ(at_goaway[0].call, 2u);
  EXPECT_EQ(at_goaway[1].kind, Kind::going_away);
  ASSERT_EQ(afterwards.size(), 1u);
  EXPECT_EQ(text_of(afterwards[0].outcome.data), "done");
  EXPECT_FALSE(f.connection.can_start());
  EXPECT_TRUE(f.connection.finished());
}

TEST(ClientConnectionFaults, RefusesAReplyOneByteAboveItsLimitAndCancelsIt) {
  protocol::PeerDescription self;
  self.limits.max_payload = 10;
  ConnectionFixture f(self);
  f.open();
  f.start(1, call_to("a"));
  f.start(2, call_to("b"));
  f.write();

  f.connection.receive(f.server.reply(1, "0123456789"));
  f.server.write().data(2, protocol::flag_more, bytes_of("0123456789"));
  f.server.write().data(2, 0, bytes_of("x"));
  f.connection.receive(f.server.take());

  const auto events = f.events();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].outcome.status, StatusCode::ok);
  EXPECT_EQ(events[1].outcome.status, StatusCode::resource_exhausted);
  EXPECT_TRUE(events[1].outcome.worker_received);
  const auto frames = f.write();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].header.type, FrameType::cancel);
}

TEST(ClientConnectionFaults, IgnoresFramesForAStreamThatHasEnded) {
  WithOneCall f;
  f.connection.receive(f.server.reply(1, "done"));
  f.events();

  f.server.write().data(1, 0, bytes_of("late"));
  f.server.write().window(1, 100);
  f.connection.receive(f.server.take());

  EXPECT_TRUE(f.events().empty());
  EXPECT_TRUE(f.connection.can_start());
}

TEST(ClientConnectionFaults, ReturnsTheConnectionsCreditForDroppedBytes) {
  WithOneCall f;
  f.connection.receive(f.server.reply(1, "done"));
  f.events();
  const std::string chunk(limits::max_chunk_bytes - 32, 'z');
  for (int i = 0; i < 8; ++i) f.server.write().data(1, protocol::flag_more, bytes_of(chunk));

  f.connection.receive(f.server.take());
  const auto frames = f.write();

  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].header.type, FrameType::window);
  EXPECT_EQ(frames[0].header.stream_id, 0u);
}

TEST(ClientConnectionFaults, RefusesDataForAStreamNeverOpened) {
  WithOneCall f;
  f.server.write().data(9, 0, bytes_of("x"));

  f.connection.receive(f.server.take());

  expect_protocol_error(f, "never opened");
}

TEST(ClientConnectionFaults, RefusesMoreDataThanTheStreamsCredit) {
  WithOneCall f;
  const std::string chunk(limits::max_chunk_bytes, 'z');
  f.connection.receive(f.server.end(1, StatusCode::ok));
  f.events();
  f.start(2, call_to("echo"));
  f.write();
  f.abandon(2);  // An abandoned stream's credit is not returned.
  f.write();
  for (int i = 0; i < 5; ++i) f.server.write().data(2, protocol::flag_more, bytes_of(chunk));

  f.connection.receive(f.server.take());

  const auto events = f.events();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].kind, Kind::broken);
  EXPECT_NE(events[0].status.message.find("credit"), std::string::npos);
}

TEST(ClientConnectionFaults, RefusesAnOkThatCutsAReplyShort) {
  WithOneCall f;
  f.server.write().data(1, protocol::flag_more, bytes_of("half"));
  f.connection.receive(f.server.end(1, StatusCode::ok));

  expect_protocol_error(f, "middle of a reply");
}

TEST(ClientConnectionFaults, EndsAUnaryCallWhoseRouteAnswersWithAStream) {
  WithOneCall f;
  f.server.write().data(1, 0, bytes_of("one"));
  f.server.write().data(1, 0, bytes_of("two"));

  f.connection.receive(f.server.take());

  const auto events = f.events();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].outcome.status, StatusCode::unimplemented);
  EXPECT_TRUE(events[0].outcome.data.empty());
  const auto frames = f.write();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].header.type, FrameType::cancel);
}

TEST(ClientConnectionFaults, RefusesAFrameThatOnlyAClientSends) {
  WithOneCall f;
  f.server.write().cancel(1);

  f.connection.receive(f.server.take());

  expect_protocol_error(f, "not the service's to send");
}

TEST(ClientConnectionFaults, RefusesCreditBeyondTheLimit) {
  WithOneCall f;
  f.server.write().window(1, limits::max_window_bytes);

  f.connection.receive(f.server.take());

  expect_protocol_error(f, "credit");
}

/// An unknown critical TLV, which no frame has.
const std::vector<std::byte> bad_metadata{std::byte{0xFF}, std::byte{0xFF}, std::byte{0}, std::byte{0}};

std::vector<std::byte> with_bad_metadata(WithOneCall& f, FrameType type, std::uint64_t stream_id) {
  protocol::FrameHeader header;
  header.type = type;
  header.stream_id = stream_id;
  f.server.write().frame(header, bad_metadata, {});
  return f.server.take();
}

TEST(ClientConnectionFaults, RefusesBadMetadataOfData) {
  WithOneCall f;

  f.connection.receive(with_bad_metadata(f, FrameType::data, 1));

  expect_protocol_error(f, "DATA: ");
}

TEST(ClientConnectionFaults, RefusesBadMetadataOfAPong) {
  WithOneCall f;

  f.connection.receive(with_bad_metadata(f, FrameType::pong, 0));

  expect_protocol_error(f, "PONG: ");
}

TEST(ClientConnectionFaults, RefusesBadMetadataOfUnimplemented) {
  WithOneCall f;

  f.connection.receive(with_bad_metadata(f, FrameType::unimplemented, 1));

  expect_protocol_error(f, "UNIMPLEMENTED: ");
}

TEST(ClientConnectionFaults, RefusesBadMetadataOfAnEndWhoseStreamHasEnded) {
  WithOneCall f;
  f.connection.receive(f.server.end(1, StatusCode::ok));
  f.events();

  f.connection.receive(with_bad_metadata(f, FrameType::end, 1));

  const auto events = f.events();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].kind, Kind::broken);
  EXPECT_NE(events[0].status.message.find("END: "), std::string::npos) << events[0].status.message;
}

TEST(ClientConnectionFaults, TakesAPongAndUnimplementedThatItDidNotAskFor) {
  WithOneCall f;
  f.server.write().pong(7);
  f.server.write().unimplemented(99, FrameType::lane);

  f.connection.receive(f.server.take());

  EXPECT_TRUE(f.events().empty());
  EXPECT_TRUE(f.connection.can_start());
}

TEST(ClientConnectionFaults, RefusesGarbageAfterTheOpening) {
  WithOneCall f;

  f.connection.receive(bytes_of("this is thirty-two bytes of text, and more"));

  expect_protocol_error(f, "protocol");
}

TEST(ClientConnectionFaults, AnswersAnUnknownFrameWithUnimplemented) {
  WithOneCall f;
  protocol::FrameHeader header;
  header.type = static_cast<FrameType>(200);
  header.stream_id = 1;
  f.server.write().frame(header, {}, {});

  f.connection.receive(f.server.take());
  const auto frames = f.write();

  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].header.type, FrameType::unimplemented);
  EXPECT_TRUE(f.events().empty());
}

TEST(ClientConnectionFaults, GivesUpOnAServerThatPingsWithoutReading) {
  WithOneCall f;
  for (int i = 0; i < 3000; ++i) f.server.write().ping(1);

  f.connection.receive(f.server.take());

  const auto events = f.events();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].outcome.status, StatusCode::unavailable);
  EXPECT_EQ(events[1].kind, Kind::broken);
}

}  // namespace
}  // namespace plugbroker::client
