// SPDX-License-Identifier: Apache-2.0
// Requests and replies of many messages.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/engine/engine_world.h"

namespace plugbroker::engine::testing {
namespace {

using protocol::FrameType;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// A worker with a call on stream 1, opened before its first message.
struct OpenStream {
  EngineWorld world{one_pool()};
  FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();

  OpenStream() { client.request(1, "echo", {}, 30s, no_message); }

  [[nodiscard]] FakePeer& channel() const { return worker.channel; }
};

TEST(RequestStream, ReachesTheWorkerBeforeItsFirstMessage) {
  OpenStream stream;

  EXPECT_EQ(stream.channel().seen(FrameType::request, 1).at(0).header.flags, no_message);
  EXPECT_THAT(stream.channel().messages_of(1), IsEmpty());
  EXPECT_FALSE(stream.channel().half_closed(1));
}

TEST(RequestStream, KeepsTheBordersOfItsMessages) {
  OpenStream stream;

  stream.client.data(1, "one");
  stream.client.data(1, "");
  stream.client.data(1, "th", more);
  stream.client.data(1, "ree", whole);

  EXPECT_THAT(stream.channel().messages_of(1), ElementsAre("one", "", "three"));
  EXPECT_TRUE(stream.channel().half_closed(1));
}

TEST(RequestStream, BeginsWithTheRequestsOwnMessageWhenItHasOne) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();

  client.request(1, "echo", "first", 30s, 0);
  client.data(1, "second", whole);

  EXPECT_THAT(worker.channel.messages_of(1), ElementsAre("first", "second"));
}

TEST(RequestStream, IsHalfClosedAfterItsLastMessage) {
  OpenStream stream;
  stream.client.data(1, "only");

  stream.client.data(1, {}, half_close);

  EXPECT_EQ(stream.channel().seen(FrameType::data, 1).back().header.flags, half_close);
  EXPECT_THAT(stream.channel().messages_of(1), ElementsAre("only"));
}

TEST(RequestStream, MayHaveNoMessageAtAll) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();

  client.request(1, "echo", {}, 30s, half_close);
  worker.channel.end(1);

  EXPECT_EQ(worker.channel.seen(FrameType::request, 1).at(0).header.flags, half_close);
  EXPECT_EQ(client.end_of(1).status, StatusCode::ok);
}

TEST(RequestStream, KeepsItsBordersWhenAHopCutsItsMessages) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_process();
  worker.channel.hello(protocol::Role::worker, {.max_chunk = 4096});
  worker.channel.ready({"echo", "other"}, 1);
  FakePeer& client = world.connect_client();
  const std::string large(10'000, 'l');

  client.request(1, "echo", large, 30s, 0);
  client.data(1, "small");
  client.data(1, large, whole);

  EXPECT_THAT(worker.channel.messages_of(1), ElementsAre(large, "small", large));
  EXPECT_EQ(worker.channel.count(FrameType::data), 6u);
  EXPECT_TRUE(worker.channel.half_closed(1));
}

TEST(RequestStream, WaitsForAWorkerWithWhatItsWindowAllows) {
  EngineWorld world(one_pool());
  FakePeer& client = world.connect_client();
  client.request(1, "echo", "one", 30s, 0);
  client.data(1, "two");

  const FakeWorker worker = world.start_worker();

  EXPECT_EQ(client.credit_for(1), 0u);
  EXPECT_THAT(worker.channel.messages_of(1), ElementsAre("one", "two"));
}

TEST(RequestStream, NoMessageInsideAMessageIsAProtocolError) {
  OpenStream stream;
  stream.client.data(1, "half", more);

  stream.client.data(1, {}, half_close);

  EXPECT_TRUE(stream.client.closed_by_broker);
  EXPECT_EQ(stream.client.goaway().status, StatusCode::invalid_argument);
}

TEST(RequestStream, NothingMayFollowItsHalfClose) {
  OpenStream stream;
  stream.client.data(1, {}, half_close);

  stream.client.data(1, "late");

  EXPECT_TRUE(stream.client.closed_by_broker);
}

TEST(RequestStream, MayBeEndedByTheWorkerBeforeItsHalfClose) {
  OpenStream stream;
  stream.client.data(1, "enough");

  stream.channel().reply(1, "thanks");
  stream.client.data(1, "on its way already");
  stream.client.data(1, {}, half_close);

  EXPECT_EQ(stream.client.end_of(1).status, StatusCode::ok);
  EXPECT_THAT(stream.channel().messages_of(1), ElementsAre("enough"));
  EXPECT_FALSE(stream.client.closed_by_broker);
}

TEST(RequestStream, IsCancelledByTheCallersCancelAfterItsHalfClose) {
  OpenStream stream;
  stream.client.data(1, {}, half_close);

  stream.client.cancel(1);

  EXPECT_EQ(stream.client.end_of(1).status, StatusCode::cancelled);
  EXPECT_EQ(stream.channel().seen(FrameType::cancel, 1).size(), 1u);
}

TEST(ReplyStream, KeepsTheBordersOfItsMessages) {
  OpenStream stream;

  stream.channel().data(1, "10 %");
  stream.channel().data(1, "");
  stream.channel().data(1, "100", more);
  stream.channel().data(1, " %");
  stream.channel().end(1);

  EXPECT_THAT(stream.client.messages_of(1), ElementsAre("10 %", "", "100 %"));
  EXPECT_EQ(stream.client.end_of(1).status, StatusCode::ok);
}

TEST(ReplyStream, ComesWhileTheRequestGoesOn) {
  OpenStream stream;

  stream.channel().data(1, "hello");
  stream.client.data(1, "ping");
  stream.channel().data(1, "pong");
  stream.client.data(1, {}, half_close);
  stream.channel().end(1);

  EXPECT_THAT(stream.channel().messages_of(1), ElementsAre("ping"));
  EXPECT_THAT(stream.client.messages_of(1), ElementsAre("hello", "pong"));
  EXPECT_EQ(stream.client.end_of(1).status, StatusCode::ok);
}

TEST(ReplyStream, MayBeCutInsideAMessageByAFailureAndKeepsTheMessagesBefore) {
  OpenStream stream;
  stream.channel().data(1, "whole");
  stream.channel().data(1, "ha", more);

  stream.channel().end(1, {.status = StatusCode::internal, .origin = Origin::worker, .message = "broke"});

  EXPECT_THAT(stream.client.messages_of(1), ElementsAre("whole"));
  EXPECT_EQ(stream.client.end_of(1).status, StatusCode::internal);
  EXPECT_FALSE(stream.world.was_terminated(stream.worker));
}

TEST(ReplyStream, EndsWithTheDeadlineOfTheWholeCall) {
  OpenStream stream;
  for (int i = 0; i < 29; ++i) {
    stream.channel().data(1, "tick");
    stream.world.advance(1s);
  }
  EXPECT_FALSE(stream.client.has_end(1));

  stream.world.advance(1s);

  EXPECT_EQ(stream.client.end_of(1).status, StatusCode::deadline_exceeded);
  EXPECT_EQ(stream.client.messages_of(1).size(), 29u);
  EXPECT_EQ(stream.channel().seen(FrameType::cancel, 1).size(), 1u);
}

TEST(MaxPayload, BoundsEachMessageOfARequestAndNotTheirSum) {
  EngineConfig config = one_pool();
  config.max_payload_bytes = 1000;
  EngineWorld world(config);
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo", std::string(1000, 'a'), 30s, 0);
  for (int i = 0; i < 5; ++i) client.data(1, std::string(1000, 'b'));
  EXPECT_EQ(worker.channel.messages_of(1).size(), 6u);

  client.data(1, std::string(500, 'c'), more);
  client.data(1, std::string(501, 'c'));

  EXPECT_EQ(client.end_of(1).status, StatusCode::resource_exhausted);
  EXPECT_EQ(client.end_of(1).retry, RetryClass::never);
  EXPECT_EQ(worker.channel.seen(FrameType::cancel, 1).size(), 1u);
}

TEST(MaxPayload, BoundsEachMessageOfAReplyAndNotTheirSum) {
  EngineConfig config = one_pool();
  config.max_payload_bytes = 1000;
  EngineWorld world(config);
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  for (int i = 0; i < 6; ++i) worker.channel.data(1, std::string(1000, 'a'));
  EXPECT_FALSE(client.has_end(1));

  worker.channel.data(1, std::string(500, 'c'), more);
  worker.channel.data(1, std::string(501, 'c'));

  EXPECT_EQ(client.end_of(1).status, StatusCode::resource_exhausted);
}

TEST(MaxPayload, OfTheWorkerBoundsMessagesThatWaitedForIt) {
  EngineWorld world(one_pool());
  FakePeer& client = world.connect_client();
  client.request(1, "echo", std::string(60, 'a'), 30s, more);
  client.data(1, std::string(60, 'a'));
  client.data(1, "short");
  const FakeWorker worker = world.start_process();
  worker.channel.hello(protocol::Role::worker, {.max_payload = 100});

  worker.channel.ready({"echo", "other"}, 1);

  EXPECT_EQ(client.end_of(1).status, StatusCode::resource_exhausted);
  EXPECT_FALSE(client.end_of(1).worker_received);
}

}  // namespace
}  // namespace plugbroker::engine::testing
