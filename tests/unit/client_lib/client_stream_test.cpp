// SPDX-License-Identifier: Apache-2.0
// Calls of many messages, on one connection.
#include <gtest/gtest.h>

#include <algorithm>

#include "client_lib/core/client_connection.h"
#include "tests/unit/client_lib/scripted_server.h"

namespace plugbroker::client {
namespace {

using protocol::FrameType;
using Kind = SeenEvent::Kind;

constexpr std::uint16_t no_message = protocol::flag_no_message;
constexpr std::uint16_t end_stream = protocol::flag_end_stream;
constexpr std::uint16_t more = protocol::flag_more;

/// An open connection with a stream, which is call 1 and, once it is written, stream 1 of the wire.
struct WithStream : ConnectionFixture {
  Call& call = calls.add(1, CallKind::stream, call_to("chat"));

  explicit WithStream(const protocol::PeerLimits& limits = {}) {
    open(limits);
    connection.start(call);
  }
  void send(std::string_view message) {
    call.request.add(bytes_of(message));
    connection.request_grew(call);
  }
  void close() {
    call.request.close();
    connection.request_grew(call);
  }
  std::string take() {
    IncomingMessages::Taken taken = call.reply.take();
    connection.reply_taken(call, taken.credit);
    return text_of(taken.bytes);
  }
};

TEST(ClientStream, IsOpenedBeforeItsFirstMessage) {
  WithStream f;

  const auto frames = f.write();

  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].header.type, FrameType::request);
  EXPECT_EQ(frames[0].header.flags, no_message);
  EXPECT_EQ(frames[0].header.payload_len, 0u);
}

TEST(ClientStream, SendsAFirstMessageThatIsThereInTheRequest) {
  WithStream f;
  f.send("one");

  const auto frames = f.write();

  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].header.flags, 0u);
  EXPECT_EQ(frames[0].payload, "one");
}

TEST(ClientStream, KeepsTheMessagesApart) {
  WithStream f;
  f.write();
  f.send("one");
  f.send("");
  f.send("three");

  const auto frames = f.write();

  ASSERT_EQ(frames.size(), 3u);
  EXPECT_EQ(frames[0].payload, "one");
  EXPECT_EQ(frames[1].payload, "");
  EXPECT_EQ(frames[2].payload, "three");
  for (const auto& frame : frames) EXPECT_EQ(frame.header.flags, 0u);
}

TEST(ClientStream, SaysTheEndWithTheLastMessageWhenItIsKnown) {
  WithStream f;
  f.write();
  f.send("last");
  f.close();

  const auto frames = f.write();

  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].header.flags, end_stream);
}

TEST(ClientStream, SaysTheEndByItselfAfterTheLastMessage) {
  WithStream f;
  f.send("last");
  f.write();
  f.close();

  const auto frames = f.write();

  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].header.type, FrameType::data);
  EXPECT_EQ(frames[0].header.flags, no_message | end_stream);
  EXPECT_TRUE(f.write().empty());
}

TEST(ClientStream, CanHaveNoMessageAtAll) {
  WithStream f;
  f.close();

  const auto frames = f.write();

  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].header.type, FrameType::request);
  EXPECT_EQ(frames[0].header.flags, no_message | end_stream);
}

TEST(ClientStream, CutsAMessageThatIsLargerThanTheCreditAndGoesOnWithMore) {
  WithStream f({.max_chunk = 4096, .stream_window = 4128});
  const std::string large(10'000, 'x');
  f.send(large);
  f.send("next");

  std::string received;
  std::vector<std::uint16_t> flags;
  for (int write = 0; write < 8; ++write) {
    for (const auto& frame : f.write()) {
      received += frame.payload;
      flags.push_back(frame.header.flags);
    }
    f.server.write().window(1, 4128);
    f.connection.receive(f.server.take());
  }

  EXPECT_EQ(received, large + "next");
  EXPECT_EQ(flags.front(), more);
  EXPECT_EQ(std::count(flags.begin(), flags.end(), std::uint16_t{0}), 2);
}

TEST(ClientStream, ReportsThatItHasSentSomething) {
  WithStream f;
  f.write();
  f.events();
  f.send("one");

  f.write();

  const auto events = f.events();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].kind, Kind::call_changed);
  EXPECT_EQ(f.call.request.unwritten(), 0u);
}

TEST(ClientStream, GivesEachMessageOfTheReplyAndThenTheEnd) {
  WithStream f;
  f.write();
  f.server.write().data(1, 0, bytes_of("one"));
  f.server.write().data(1, more, bytes_of("tw"));
  f.server.write().data(1, 0, bytes_of("o"));
  f.connection.receive(f.server.end(1, StatusCode::ok));

  EXPECT_EQ(f.take(), "one");
  EXPECT_EQ(f.take(), "two");
  EXPECT_FALSE(f.call.reply.has_message());
  EXPECT_TRUE(f.call.ended());
  EXPECT_EQ(f.call.outcome.status, StatusCode::ok);
}

TEST(ClientStream, GivesWholeMessagesBeforeAFailureAndNoPartOfOne) {
  WithStream f;
  f.write();
  f.server.write().data(1, 0, bytes_of("whole"));
  f.server.write().data(1, more, bytes_of("ha"));
  f.connection.receive(f.server.end(1, StatusCode::internal, "it threw"));

  EXPECT_EQ(f.take(), "whole");
  EXPECT_FALSE(f.call.reply.has_message());
  EXPECT_EQ(f.call.outcome.status, StatusCode::internal);
}

TEST(ClientStream, TakesAnOkInTheMiddleOfAMessageAsAProtocolError) {
  WithStream f;
  f.write();
  f.server.write().data(1, more, bytes_of("ha"));

  f.connection.receive(f.server.end(1, StatusCode::ok));

  EXPECT_EQ(f.call.outcome.status, StatusCode::unavailable);
  EXPECT_EQ(f.events().back().kind, Kind::broken);
}

TEST(ClientStream, ReturnsNoStreamCreditForMessagesThatNobodyTakes) {
  WithStream f;
  f.write();
  const std::string chunk(limits::stream_window_bytes / 4 - 32, 'y');
  for (int i = 0; i < 4; ++i) f.server.write().data(1, 0, bytes_of(chunk));
  f.connection.receive(f.server.take());
  const auto before = f.write();

  f.take();
  f.take();
  const auto after = f.write();

  EXPECT_TRUE(before.empty());
  ASSERT_EQ(after.size(), 1u);
  EXPECT_EQ(after[0].header.stream_id, 1u);
  EXPECT_EQ(*protocol::decode_credit(after[0].meta), limits::stream_window_bytes / 2);
}

TEST(ClientStream, EndsTheConnectionOfAServerThatSendsMoreThanItsCredit) {
  WithStream f;
  f.write();
  const std::string chunk(limits::stream_window_bytes / 4 - 32, 'y');
  for (int i = 0; i < 4; ++i) f.server.write().data(1, 0, bytes_of(chunk));
  f.server.write().data(1, 0, {});

  f.connection.receive(f.server.take());

  EXPECT_EQ(f.call.outcome.status, StatusCode::unavailable);
  EXPECT_EQ(f.events().back().kind, Kind::broken);
}

TEST(ClientStream, PutsAMessageTogetherThatIsLargerThanTheWindow) {
  WithStream f;
  f.write();
  const std::string chunk(limits::stream_window_bytes / 4 - 32, 'y');
  std::size_t returned = 0;
  for (int i = 0; i < 16; ++i) {
    f.server.write().data(1, i == 15 ? 0 : more, bytes_of(chunk));
    f.connection.receive(f.server.take());
    for (const auto& frame : f.write()) {
      returned += frame.header.stream_id == 1 ? *protocol::decode_credit(frame.meta) : 0;
    }
  }

  EXPECT_EQ(f.take().size(), 16 * chunk.size());
  EXPECT_GE(returned, 3 * limits::stream_window_bytes);
}

/// What the client has granted stream 1 after `rounds` in which all the credit that it had was used up and taken.
std::size_t window_after(int rounds) {
  WithStream f;
  f.write();
  std::size_t granted = limits::stream_window_bytes;
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t left = granted; left >= 4096; left -= 4096) {
      f.server.write().data(1, 0, bytes_of(std::string(4096 - limits::frame_charge_bytes, 'y')));
      f.connection.receive(f.server.take());
    }
    std::size_t regained = 0;
    while (f.call.reply.has_message()) f.take();
    for (const auto& frame : f.write()) {
      regained += frame.header.stream_id == 1 ? *protocol::decode_credit(frame.meta) : 0;
    }
    granted = regained;
  }
  return granted;
}

TEST(ClientStream, GetsALargerWindowWhenTheWindowIsTheBrakeUpToTheBound) {
  EXPECT_GT(window_after(2), limits::stream_window_bytes);
  EXPECT_EQ(window_after(12), limits::stream_window_max_bytes);
}

TEST(ClientStream, RefusesAMessageAboveTheLimitAndCancels) {
  protocol::PeerDescription self;
  self.limits.max_payload = 10;
  ConnectionFixture f(self);
  f.open();
  Call& call = f.calls.add(1, CallKind::stream, call_to("chat"));
  f.connection.start(call);
  f.write();
  f.server.write().data(1, 0, bytes_of("0123456789"));
  f.server.write().data(1, more, bytes_of("0123456789"));
  f.server.write().data(1, 0, bytes_of("x"));

  f.connection.receive(f.server.take());

  EXPECT_EQ(call.outcome.status, StatusCode::resource_exhausted);
  EXPECT_TRUE(call.reply.has_message());
  const auto frames = f.write();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].header.type, FrameType::cancel);
}

TEST(ClientStream, StopsSendingWhenTheReplyEndsFirst) {
  WithStream f;
  f.write();
  f.connection.receive(f.server.end(1, StatusCode::ok));

  f.call.request.add(bytes_of("too late"));
  f.connection.request_grew(f.call);

  EXPECT_TRUE(f.write().empty());
}

TEST(ClientStream, GoesBackWithAllItsMessagesWhenTheServerDidNotAcceptIt) {
  WithStream f;
  f.send("one");
  f.write();
  f.send("two");
  f.write();

  f.connection.receive(f.server.goaway(0));

  EXPECT_EQ(f.call.stage(), Call::Stage::waiting);
  EXPECT_EQ(f.call.request.unwritten(), 3u + 3u + 2 * 4u);
}

TEST(ClientStream, EndsSafeToRetryWhenTheServerDidNotAcceptItAndItIsTooLargeToBeKept) {
  WithStream f;
  const std::string large(OutgoingRequest::kept_bytes, 'x');
  f.send(large);
  f.write();
  f.write();

  f.connection.receive(f.server.goaway(0));

  EXPECT_TRUE(f.call.ended());
  EXPECT_EQ(f.call.outcome.status, StatusCode::unavailable);
  EXPECT_EQ(f.call.outcome.retry, RetryClass::safe);
  EXPECT_FALSE(f.call.outcome.worker_received);
}

}  // namespace
}  // namespace plugbroker::client
