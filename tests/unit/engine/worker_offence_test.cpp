// SPDX-License-Identifier: Apache-2.0
// What a worker must not send.
#include <gtest/gtest.h>

#include "tests/unit/engine/engine_world.h"

namespace plugbroker::engine::testing {
namespace {

using protocol::FrameType;
using protocol::Role;

void expect_lost(const SeenEnd& end) {
  EXPECT_EQ(end.status, StatusCode::unavailable);
  EXPECT_EQ(end.retry, RetryClass::never);
  EXPECT_EQ(end.origin, Origin::broker);
  EXPECT_TRUE(end.worker_received);
}

template <typename Write>
std::vector<std::byte> frame(Write write) {
  std::vector<std::byte> bytes;
  protocol::FrameWriter writer{bytes};
  write(writer);
  return bytes;
}

/// Frames that a ready worker with the running stream 1 must not send; stream 2 has ended.
struct Offence {
  std::string name;
  std::vector<std::byte> bytes;
};

class WorkerOffence : public ::testing::TestWithParam<Offence> {};

TEST_P(WorkerOffence, EndsTheWorkerAndItsCallsAndGetsItReplaced) {
  EngineWorld world(one_pool(1, 1, 2));
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  client.request(2, "echo");
  worker.channel.end(2);

  worker.channel.send_bytes(GetParam().bytes);
  world.kill(worker);

  expect_lost(client.end_of(1));
  EXPECT_TRUE(world.was_terminated(worker));
  EXPECT_TRUE(worker.channel.closed_by_broker);
  EXPECT_EQ(world.logs("protocol_error").at(0).worker, worker.id.value);
  EXPECT_EQ(world.pool().workers_failed, 1u);
  EXPECT_EQ(world.start_requests.size(), 1u);
  EXPECT_FALSE(client.closed_by_broker);
}

const std::string chunk(limits::max_chunk_bytes, 'x');

INSTANTIATE_TEST_SUITE_P(
    Frames, WorkerOffence,
    ::testing::Values(
        Offence{"Garbage", std::vector<std::byte>(64, std::byte{0x41})},
        Offence{"SecondHello", frame([](auto& writer) { writer.hello({.role = Role::worker, .peer = {}}); })},
        Offence{"SecondReady", frame([](auto& writer) { (void)writer.ready({{"echo"}, 1}); })},
        Offence{"Request", frame([](auto& writer) { writer.request(9, whole, 1, {.route = "echo"}, {}); })},
        Offence{"Cancel", frame([](auto& writer) { writer.cancel(1); })},
        Offence{"EndOfAStreamNeverOpened", frame([](auto& writer) { writer.end(3, {}); })},
        Offence{"DataForAStreamNeverOpened", frame([](auto& writer) { writer.data(3, 0, {}); })},
        Offence{"SecondEnd", frame([](auto& writer) { writer.end(2, {}); })},
        Offence{"DataAfterEnd", frame([](auto& writer) { writer.data(2, 0, {}); })},
        Offence{"EndStream", frame([](auto& writer) { writer.data(1, whole, {}); })},
        Offence{"OkInsideAMessage", frame([](auto& writer) {
                  writer.data(1, more, as_byte_view("half"));
                  writer.end(1, {.origin = Origin::worker});
                })},
        Offence{"NoMessage",
                frame([](auto& writer) { writer.data(1, protocol::flag_no_message | protocol::flag_end_stream, {}); })},
        Offence{"GoAwayThatRefusesAnAnsweredCall", frame([](auto& writer) {
                  writer.data(1, 0, as_byte_view("answer"));
                  writer.goaway({.last_stream = 0});
                })},
        Offence{"TooMuchCredit", frame([](auto& writer) { writer.window(0, limits::max_window_bytes); })},
        Offence{"MoreThanTheStreamsCredit", frame([](auto& writer) {
                  // Too much also when the client has taken the first four.
                  for (int i = 0; i < 9; ++i) writer.data(1, more, as_byte_view(chunk));
                })}),
    [](const auto& offence) { return offence.param.name; });

class OpeningOffence : public ::testing::TestWithParam<Offence> {};

TEST_P(OpeningOffence, EndsTheWorkerBeforeItIsReady) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_process();

  worker.channel.send_bytes(GetParam().bytes);

  EXPECT_TRUE(world.was_terminated(worker));
  EXPECT_EQ(world.pool().workers_failed, 1u);
  EXPECT_EQ(world.snapshot().protocol_errors, 1u);
}

INSTANTIATE_TEST_SUITE_P(Frames, OpeningOffence,
                         ::testing::Values(Offence{"Garbage", std::vector<std::byte>(64, std::byte{0})},
                                           Offence{"ReadyFirst",
                                                   frame([](auto& writer) { (void)writer.ready({{"echo"}, 1}); })},
                                           Offence{"WrongRole", frame([](auto& writer) {
                                                     writer.hello({.role = Role::client, .peer = {}});
                                                   })},
                                           Offence{"EndBeforeReady", frame([](auto& writer) {
                                                     writer.hello({.role = Role::worker, .peer = {}});
                                                     writer.end(1, {});
                                                   })}),
                         [](const auto& offence) { return offence.param.name; });

}  // namespace
}  // namespace plugbroker::engine::testing
