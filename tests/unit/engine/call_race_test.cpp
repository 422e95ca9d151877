// SPDX-License-Identifier: Apache-2.0
// A call ends once, and by whoever was first, in whatever order its endings come.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

#include "tests/unit/engine/engine_world.h"

namespace plugbroker::engine::testing {
namespace {

using protocol::FrameType;

/// A call of one client at one worker, with everything that can end it.
struct RunningCall {
  EngineWorld world{one_pool()};
  FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();

  explicit RunningCall(std::uint16_t flags) { client.request(1, "echo", {}, 10s, flags); }

  void end_by_cancel() { client.cancel(1); }
  void end_by_deadline() { world.advance(10s); }
  void end_by_worker() { worker.channel.end(1); }
  void end_by_death() { world.kill(worker); }
};

struct Ending {
  std::string name;
  void (RunningCall::*happen)();
  StatusCode status;
  Origin origin;
};

const std::array<Ending, 4> endings{{
    {"cancel", &RunningCall::end_by_cancel, StatusCode::cancelled, Origin::broker},
    {"deadline", &RunningCall::end_by_deadline, StatusCode::deadline_exceeded, Origin::broker},
    {"worker's END", &RunningCall::end_by_worker, StatusCode::ok, Origin::worker},
    {"worker's death", &RunningCall::end_by_death, StatusCode::unavailable, Origin::broker},
}};

void expect_one_end_in_every_order(std::uint16_t flags) {
  std::array<std::size_t, endings.size()> order{0, 1, 2, 3};
  do {
    RunningCall call(flags);
    std::string text;
    for (const std::size_t i : order) {
      (call.*endings[i].happen)();
      text += endings[i].name + " ";
    }
    SCOPED_TRACE(text);
    EXPECT_EQ(call.client.end_of(1).status, endings[order.front()].status);
    EXPECT_EQ(call.client.end_of(1).origin, endings[order.front()].origin);
    EXPECT_FALSE(call.client.closed_by_broker);
    EXPECT_EQ(call.world.snapshot().calls_in_progress, 0u);
  } while (std::ranges::next_permutation(order).found);
}

TEST(CallRace, AUnaryCallEndsOnceByTheFirst) {
  expect_one_end_in_every_order(whole);
}

TEST(CallRace, AStreamEndsOnceByTheFirst) {
  expect_one_end_in_every_order(no_message);
}

TEST(CallRace, TheWorkerIsToldOnceThatACallIsNotWanted) {
  RunningCall call(whole);

  call.end_by_cancel();
  call.client.cancel(1);
  call.end_by_deadline();

  EXPECT_EQ(call.worker.channel.seen(FrameType::cancel, 1).size(), 1u);
}

TEST(CallRace, AnEndedStreamDropsWhatItsCallerStillSendsAndReturnsItsCredit) {
  RunningCall call(no_message);
  call.end_by_worker();
  const std::string part(60'000, 'p');

  call.client.data(1, part, more);
  call.client.window(1, 1000);
  call.client.cancel(1);
  for (int i = 0; i < 8; ++i) call.client.data(1, part);

  EXPECT_FALSE(call.client.closed_by_broker);
  EXPECT_EQ(call.client.credit_for(1), 0u);
  EXPECT_GE(call.client.credit_for(0), limits::connection_window_bytes / 2);
  EXPECT_EQ(call.client.end_of(1).status, StatusCode::ok);
}

TEST(CallRace, AClientThatVanishesCancelsEachOfItsCallsOnce) {
  EngineWorld world(one_pool(1, 1, 3));
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  FakePeer& other = world.connect_client();
  client.request(1, "echo");
  client.request(2, "echo", {}, 30s, no_message);
  other.request(1, "echo");
  client.cancel(1);

  client.disappear();
  worker.channel.reply(3, "still wanted");

  for (const std::uint64_t stream : {1u, 2u}) EXPECT_EQ(worker.channel.seen(FrameType::cancel, stream).size(), 1u);
  EXPECT_EQ(worker.channel.count(FrameType::cancel), 2u);
  EXPECT_EQ(other.reply_of(1), "still wanted");
}

TEST(CallRace, AWorkerThatIgnoresCancellationHoldsUpNoCaller) {
  RunningCall call(no_message);

  call.end_by_cancel();
  call.worker.channel.data(1, "does not care");
  call.client.request(2, "echo");

  EXPECT_EQ(call.client.end_of(1).status, StatusCode::cancelled);
  EXPECT_TRUE(call.client.messages_of(1).empty());
  call.world.advance(5s);
  EXPECT_TRUE(call.world.was_terminated(call.worker));
  call.world.advance(1s);  // The pause after a failure.
  const FakeWorker next = call.world.start_worker();
  next.channel.reply(1, "here");
  EXPECT_EQ(call.client.reply_of(2), "here");
}

}  // namespace
}  // namespace plugbroker::engine::testing
