// SPDX-License-Identifier: Apache-2.0
// Calls that wait for a worker: turns, a full queue, and what is told of it.
#include <gtest/gtest.h>

#include "tests/unit/engine/engine_world.h"

namespace plugbroker::engine::testing {
namespace {

using protocol::FrameType;

EngineConfig one_worker(std::uint32_t queue_limit) {
  EngineConfig config = one_pool();
  config.pools[0].queue_limit = queue_limit;
  return config;
}

void send_calls(FakePeer& client, std::uint64_t first, std::uint64_t last) {
  for (std::uint64_t stream = first; stream <= last; ++stream) client.request(stream, "echo");
}

void expect_exhausted(const SeenEnd& end) {
  EXPECT_EQ(end.status, StatusCode::resource_exhausted);
  EXPECT_EQ(end.retry, RetryClass::after_backoff);
  EXPECT_EQ(end.origin, Origin::broker);
  EXPECT_FALSE(end.worker_received);
}

TEST(Queue, LetsANoisyCallerDelayAnotherByOneCall) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& noisy = world.connect_client_of("S-1-5-21-1");
  FakePeer& quiet = world.connect_client_of("S-1-5-21-2");
  send_calls(noisy, 1, 200);

  quiet.request(1, "echo", "of the quiet one");
  worker.channel.end(1);
  worker.channel.end(2);

  EXPECT_EQ(worker.channel.seen(FrameType::request, 3).at(0).payload, "of the quiet one");
}

TEST(Queue, CountsAllSessionsOfOneCallerTogether) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& noisy = world.connect_client_of("S-1-5-21-1");
  FakePeer& noisy_too = world.connect_client();
  FakePeer& quiet = world.connect_client_of("S-1-5-21-2");
  send_calls(noisy, 1, 3);
  send_calls(noisy_too, 1, 3);

  quiet.request(1, "echo", "of the quiet one");
  worker.channel.end(1);
  worker.channel.end(2);

  EXPECT_EQ(worker.channel.seen(FrameType::request, 3).at(0).payload, "of the quiet one");
}

TEST(Queue, GoesOnForACallerWhoseOtherSessionIsGone) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& one = world.connect_client();
  FakePeer& other = world.connect_client();
  send_calls(one, 1, 2);
  send_calls(other, 1, 2);

  one.disappear();
  worker.channel.end(1);
  worker.channel.reply(2, "to the one that stayed");

  EXPECT_EQ(other.reply_of(1), "to the one that stayed");
  EXPECT_EQ(world.pool().calls_waiting, 0u);
}

TEST(Queue, WhenFullRefusesTheCallerThatFillsIt) {
  EngineWorld world(one_worker(4));
  (void)world.start_worker();
  FakePeer& noisy = world.connect_client();
  send_calls(noisy, 1, 5);

  noisy.request(6, "echo");

  expect_exhausted(noisy.end_of(6));
  EXPECT_EQ(noisy.end_of(6).message, "the queue of pool 'p' is full");
  EXPECT_EQ(world.pool().calls_waiting, 4u);
}

TEST(Queue, WhenFullLetsAnotherCallerInUpToAnEqualShare) {
  EngineWorld world(one_worker(4));
  (void)world.start_worker();
  FakePeer& noisy = world.connect_client_of("S-1-5-21-1");
  FakePeer& quiet = world.connect_client_of("S-1-5-21-2");
  send_calls(noisy, 1, 5);  // One at the worker, four wait.

  send_calls(quiet, 1, 3);

  expect_exhausted(noisy.end_of(5));
  expect_exhausted(noisy.end_of(4));
  EXPECT_FALSE(noisy.has_end(3));
  EXPECT_FALSE(quiet.has_end(1));
  EXPECT_FALSE(quiet.has_end(2));
  expect_exhausted(quiet.end_of(3));
  EXPECT_EQ(noisy.end_of(5).message,
            "the queue of pool 'p' is full, and the call of another caller, who has fewer in it, takes its place");
  EXPECT_EQ(world.pool().calls_waiting, 4u);
}

TEST(Queue, WhenFullTellsToTryAgainAfterAsLongAsTheCallersFirstHasWaited) {
  EngineWorld world(one_worker(2));
  (void)world.start_worker();
  FakePeer& client = world.connect_client();
  send_calls(client, 1, 3);

  client.request(4, "echo");
  world.advance(3s);
  client.request(5, "echo");

  EXPECT_EQ(client.end_of(4).retry_after_us, 10'000u);
  EXPECT_EQ(client.end_of(5).retry_after_us, 3'000'000u);
}

TEST(Queue, NeverTellsToWaitForLongerThanHalfAMinute) {
  EngineWorld world(one_worker(1));
  (void)world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo", {}, 10min);
  client.request(2, "echo", {}, 10min);

  world.advance(5min);
  client.request(3, "echo");

  EXPECT_EQ(client.end_of(3).retry_after_us, 30'000'000u);
}

TEST(Queue, ShowsHowManyWaitAndForHowLong) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  EXPECT_EQ(world.pool().longest_wait, 0s);

  client.request(2, "echo");
  world.advance(2s);
  client.request(3, "echo");
  world.advance(1s);

  EXPECT_EQ(world.pool().calls_waiting, 2u);
  EXPECT_EQ(world.pool().longest_wait, 3s);
  worker.channel.end(1);
  EXPECT_EQ(world.pool().calls_waiting, 1u);
  EXPECT_EQ(world.pool().longest_wait, 1s);
}

TEST(Queue, PutsBackWhatAWorkerDidNotTakeBeforeTheOthersOfItsCaller) {
  EngineWorld world(one_pool(1, 1, 2));
  const FakeWorker leaving = world.start_worker();
  FakePeer& client = world.connect_client_of("S-1-5-21-1");
  FakePeer& other = world.connect_client_of("S-1-5-21-2");
  client.request(1, "echo", "c1");
  client.request(2, "echo", "c2");
  client.request(3, "echo", "c3");
  other.request(1, "echo", "o1");

  leaving.channel.send([](auto& writer) { writer.goaway({.last_stream = 0}); });
  world.kill(leaving, 0);
  world.advance(1s);
  const FakeWorker next = world.start_worker();
  next.channel.end(1);
  next.channel.end(2);

  EXPECT_EQ(next.channel.seen(FrameType::request, 1).at(0).payload, "c1");
  EXPECT_EQ(next.channel.seen(FrameType::request, 2).at(0).payload, "o1");
  EXPECT_EQ(next.channel.seen(FrameType::request, 3).at(0).payload, "c2");
  EXPECT_EQ(next.channel.seen(FrameType::request, 4).at(0).payload, "c3");
}

}  // namespace
}  // namespace plugbroker::engine::testing
