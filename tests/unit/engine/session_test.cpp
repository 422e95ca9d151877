// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/engine/engine_world.h"

namespace plugbroker::engine::testing {
namespace {

using protocol::FrameType;
using protocol::Role;

void expect_refusal(const FakePeer& peer, StatusCode code) {
  EXPECT_EQ(to_string(peer.hello_ack().result.code), to_string(code)) << peer.hello_ack().result.message;
  EXPECT_FALSE(peer.hello_ack().result.message.empty());
  EXPECT_TRUE(peer.closed_by_broker);
}

/// Any frame, as bytes.
template <typename Write>
std::vector<std::byte> frame(Write write) {
  std::vector<std::byte> bytes;
  protocol::FrameWriter writer{bytes};
  write(writer);
  return bytes;
}

TEST(Session, OpensWhenTheCallerWasIdentified) {
  EngineConfig config = one_pool();
  config.instance_id.fill(std::byte{7});
  config.library_version = "1.2.3";
  EngineWorld world(std::move(config));

  FakePeer& client = world.connect_client();

  EXPECT_EQ(client.hello_ack().wire_version, 1);
  EXPECT_EQ(client.hello_ack().instance_id[15], std::byte{7});
  EXPECT_EQ(client.hello_ack().peer.library_version, "1.2.3");
  EXPECT_EQ(world.snapshot().sessions, 1u);
  EXPECT_EQ(world.snapshot().half_open_connections, 0u);
  EXPECT_EQ(world.logs("session_opened").at(0).level, LogLevel::debug);
}

TEST(Session, IsNotAnsweredBeforeTheCallerWasIdentified) {
  EngineWorld world(one_pool());
  world.identify_callers = false;
  FakePeer& client = world.connect();

  client.hello(Role::client);

  EXPECT_TRUE(client.frames().empty());
  EXPECT_EQ(world.snapshot().half_open_connections, 1u);
}

TEST(Session, IsRefusedWithTheIdentificationsReason) {
  EngineWorld world(one_pool());
  world.identity = {StatusCode::unauthenticated, "anonymous callers are refused"};
  FakePeer& client = world.connect();

  client.hello(Role::client);

  expect_refusal(client, StatusCode::unauthenticated);
  EXPECT_TRUE(world.logged("session_refused"));
}

TEST(Session, IsRefusedInTheRoleOfAWorker) {
  EngineWorld world(one_pool());
  FakePeer& client = world.connect();

  client.hello(Role::worker);

  expect_refusal(client, StatusCode::permission_denied);
}

TEST(Session, IsRefusedWithoutACommonVersion) {
  EngineWorld world(one_pool());
  FakePeer& client = world.connect();
  protocol::Hello hello;
  hello.peer.wire_version_min = 2;
  hello.peer.wire_version_max = 3;

  client.send([&](auto& writer) { writer.hello(hello); });

  expect_refusal(client, StatusCode::failed_precondition);
  EXPECT_EQ(client.hello_ack().peer.wire_version_max, 1);
}

TEST(Session, IsRefusedAboveMaxSessionsAndAcceptedWhenOneHasGone) {
  EngineConfig config = one_pool();
  config.max_sessions = 1;
  EngineWorld world(std::move(config));
  FakePeer& first = world.connect_client();
  FakePeer& second = world.connect();

  second.hello(Role::client);
  expect_refusal(second, StatusCode::resource_exhausted);
  first.disappear();
  FakePeer& third = world.connect();
  third.hello(Role::client);

  EXPECT_TRUE(third.hello_ack().result.ok());
}

TEST(Session, IsRefusedWhileStopping) {
  EngineWorld world(one_pool());
  (void)world.start_worker();
  FakePeer& busy = world.connect_client();
  busy.request(1, "echo");
  world.stop(10s);
  FakePeer& late = world.connect();

  late.hello(Role::client);

  expect_refusal(late, StatusCode::unavailable);
}

TEST(Session, IsClosedWhenItSaysNothing) {
  EngineWorld world(one_pool());
  FakePeer& client = world.connect();

  world.advance(2s - 1us);
  EXPECT_FALSE(client.closed_by_broker);
  world.advance(1us);

  EXPECT_TRUE(client.closed_by_broker);
  EXPECT_TRUE(world.logged("hello_timeout"));
  EXPECT_EQ(world.snapshot().half_open_connections, 0u);
}

TEST(Session, OnceOpenMayBeSilentForEver) {
  EngineWorld world(one_pool());
  (void)world.start_worker();
  FakePeer& client = world.connect_client();

  world.advance(24h);

  EXPECT_FALSE(client.closed_by_broker);
  EXPECT_EQ(world.engine.next_timer(), far_future);
}

TEST(Session, IsClosedAtOnceWhenTheFirstFrameIsNoHello) {
  EngineWorld world(one_pool());
  FakePeer& client = world.connect();

  client.send([](auto& writer) { writer.ping(1); });

  EXPECT_TRUE(client.closed_by_broker);
  EXPECT_TRUE(client.frames().empty());
  EXPECT_EQ(world.snapshot().protocol_errors, 1u);
}

TEST(Session, IsClosedOnGarbageBeforeTheOpening) {
  EngineWorld world(one_pool());
  FakePeer& client = world.connect();

  client.send_bytes(as_byte_view("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));

  EXPECT_TRUE(client.closed_by_broker);
  EXPECT_EQ(world.snapshot().protocol_errors, 1u);
}

/// Frames that an open session must not send.
struct Offence {
  std::string name;
  std::vector<std::byte> bytes;
};

class SessionOffence : public ::testing::TestWithParam<Offence> {};

TEST_P(SessionOffence, EndsTheSessionWithGoawayAndNobodyElse) {
  EngineWorld world(one_pool(1, 1, 2));
  const FakeWorker worker = world.start_worker();
  FakePeer& offender = world.connect_client();
  FakePeer& innocent = world.connect_client();
  offender.request(5, "echo");
  innocent.request(1, "echo");

  offender.send_bytes(GetParam().bytes);
  worker.channel.reply(2, "fine");

  EXPECT_EQ(offender.goaway().status, StatusCode::invalid_argument);
  EXPECT_FALSE(offender.goaway().message.empty());
  EXPECT_TRUE(offender.closed_by_broker);
  EXPECT_EQ(innocent.reply_of(1), "fine");
  EXPECT_EQ(world.snapshot().protocol_errors, 1u);
  EXPECT_EQ(worker.channel.seen(FrameType::cancel, 1).size(), 1u);
  EXPECT_FALSE(world.was_terminated(worker));
}

INSTANTIATE_TEST_SUITE_P(
    Frames, SessionOffence,
    ::testing::Values(
        Offence{"Garbage", std::vector<std::byte>(64, std::byte{0x41})},
        Offence{"SecondHello", frame([](auto& writer) { writer.hello({}); })},
        Offence{"Ready", frame([](auto& writer) { (void)writer.ready({{"echo"}, 1}); })},
        Offence{"End", frame([](auto& writer) { writer.end(5, {}); })},
        Offence{"HelloAck", frame([](auto& writer) { writer.hello_ack({}); })},
        Offence{"ReusedStream", frame([](auto& writer) { writer.request(5, whole, 1, {.route = "echo"}, {}); })},
        Offence{"LowerStream", frame([](auto& writer) { writer.request(4, whole, 1, {.route = "echo"}, {}); })},
        Offence{"DataForAStreamNeverOpened", frame([](auto& writer) { writer.data(6, 0, {}); })},
        Offence{"CancelForAStreamNeverOpened", frame([](auto& writer) { writer.cancel(6); })},
        Offence{"WindowForAStreamNeverOpened", frame([](auto& writer) { writer.window(6, 1); })},
        Offence{"UnknownTypeOnAStreamNeverOpened",
                frame([](auto& writer) { writer.frame({.type = FrameType{99}, .stream_id = 6}, {}, {}); })},
        Offence{"DataAfterEndStream", frame([](auto& writer) { writer.data(5, 0, {}); })},
        Offence{"TooMuchConnectionCredit", frame([](auto& writer) { writer.window(0, limits::max_window_bytes); })},
        Offence{"TooMuchStreamCredit", frame([](auto& writer) { writer.window(5, limits::max_window_bytes); })},
        Offence{"RequestWithoutRoute", frame([](auto& writer) {
                  writer.frame({.type = FrameType::request, .flags = whole, .stream_id = 6, .deadline_us = 1}, {}, {});
                })}),
    [](const auto& offence) { return offence.param.name; });

TEST(Session, AnswersPingWithThePongOfTheSameValue) {
  EngineWorld world(one_pool());
  FakePeer& client = world.connect_client();

  client.send([](auto& writer) { writer.ping(0x1122334455667788); });

  EXPECT_EQ(protocol::decode_opaque(client.seen(FrameType::pong).at(0).meta).value(), 0x1122334455667788u);
}

TEST(Session, AnswersAnUnknownFrameTypeAndGoesOn) {
  EngineWorld world(one_pool());
  FakePeer& client = world.connect_client();

  client.send([](auto& writer) { writer.frame({.type = FrameType{99}}, {}, {}); });

  EXPECT_EQ(protocol::decode_frame_type(client.seen(FrameType::unimplemented).at(0).meta).value(), 99);
  EXPECT_FALSE(client.closed_by_broker);
}

TEST(Session, IsNotAnsweredOnUnimplemented) {
  EngineWorld world(one_pool());
  FakePeer& client = world.connect_client();
  client.forget_frames();

  client.send([](auto& writer) { writer.unimplemented(0, FrameType{99}); });

  EXPECT_TRUE(client.frames().empty());
  EXPECT_FALSE(client.closed_by_broker);
}

TEST(Session, IsClosedWhenItDoesNotReadWhatItIsAnswered) {
  EngineWorld world(one_pool());
  FakePeer& client = world.connect_client();
  client.stop_reading();

  const std::vector<std::byte> ping = frame([](auto& writer) { writer.ping(1); });
  const std::size_t pongs_that_fit = limits::max_queued_control_bytes / ping.size();
  for (std::size_t i = 0; i < pongs_that_fit; ++i) client.send_bytes(ping);
  EXPECT_FALSE(client.closed_by_broker);
  client.send_bytes(ping);

  EXPECT_TRUE(client.closed_by_broker);
  EXPECT_TRUE(world.logged("session_overloaded"));
}

TEST(Session, MayHaveEveryCallFailAtOnceWhileItIsNotReading) {
  EngineWorld world(one_pool(0, 1));
  FakePeer& client = world.connect_client();
  client.stop_reading();
  for (std::uint64_t stream = 1; stream <= limits::default_max_streams; ++stream) client.request(stream, "echo");

  world.fail_start(std::string(1000, 'r'));
  world.advance(250ms);
  world.fail_start(std::string(1000, 'r'));
  world.advance(500ms);
  world.fail_start(std::string(1000, 'r'));
  client.read_again();

  EXPECT_EQ(client.count(FrameType::end), limits::default_max_streams);
  EXPECT_FALSE(client.closed_by_broker);
}

TEST(Session, LeavesNothingBehindWhenItGoes) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo", std::string(5000, 'x'), 30s, more);

  client.disappear();
  worker.channel.end(1);

  const Snapshot snapshot = world.snapshot();
  EXPECT_EQ(snapshot.sessions, 0u);
  EXPECT_EQ(snapshot.calls_in_progress, 0u);
  EXPECT_EQ(snapshot.buffered_bytes, 0u);
  EXPECT_EQ(world.engine.next_timer(), far_future);
}

TEST(HalfOpen, EvictsTheOldestOfTheBusiestProcessAboveTheBound) {
  EngineWorld world(one_pool());
  FakePeer& honest = world.connect(1);
  FakePeer& oldest_of_the_flood = world.connect(2);
  for (std::size_t i = 2; i < limits::max_half_open_connections; ++i) (void)world.connect(2);
  EXPECT_FALSE(oldest_of_the_flood.closed_by_broker);

  FakePeer& newest = world.connect(3);

  EXPECT_TRUE(oldest_of_the_flood.closed_by_broker);
  EXPECT_FALSE(honest.closed_by_broker);
  EXPECT_FALSE(newest.closed_by_broker);
  EXPECT_EQ(world.snapshot().half_open_connections, limits::max_half_open_connections);
  EXPECT_TRUE(world.logged("half_open_evicted"));
}

}  // namespace
}  // namespace plugbroker::engine::testing
