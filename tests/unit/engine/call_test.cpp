// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/engine/engine_world.h"

namespace plugbroker::engine::testing {
namespace {

using protocol::FrameType;

struct ExpectedEnd {
  StatusCode status;
  RetryClass retry;
  Origin origin;
  bool worker_received;
};

void expect_end(const SeenEnd& end, const ExpectedEnd& expected) {
  EXPECT_EQ(to_string(end.status), to_string(expected.status)) << end.message;
  EXPECT_EQ(to_string(end.retry), to_string(expected.retry));
  EXPECT_EQ(to_string(end.origin), to_string(expected.origin));
  EXPECT_EQ(end.worker_received, expected.worker_received);
}

TEST(Call, ReachesAReadyWorkerAndItsReplyComesBack) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();

  client.request(7, "echo", "hello");
  worker.channel.reply(1, "HELLO");

  EXPECT_EQ(worker.channel.seen(FrameType::request, 1).at(0).payload, "hello");
  EXPECT_EQ(client.reply_of(7), "HELLO");
  expect_end(client.end_of(7), {StatusCode::ok, RetryClass::never, Origin::worker, true});
  EXPECT_EQ(world.snapshot().calls_by_status[0], 1u);
}

TEST(Call, CarriesRouteTraceAndContentTypeToTheWorkerAndBack) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  protocol::TraceParent trace{};
  trace.fill(std::byte{0x5A});

  client.send([&](auto& writer) {
    writer.request(1, whole, 1'000'000, {.route = "echo", .traceparent = trace, .content_type = "text/plain"}, {});
  });
  worker.channel.end(1, {.origin = Origin::worker, .worker_received = true, .content_type = "text/html"});

  const SeenFrame request = worker.channel.seen(FrameType::request, 1).at(0);
  const protocol::RequestMeta meta = protocol::decode_request(request.meta).value();
  EXPECT_EQ(meta.route, "echo");
  EXPECT_EQ(meta.traceparent.size(), trace.size());
  EXPECT_EQ(meta.content_type, "text/plain");
  EXPECT_EQ(client.end_of(1).content_type, "text/html");
}

TEST(Call, EndsUnimplementedWhenTheRequestHoldsAnUnknownCriticalTlv) {
  EngineWorld world(one_pool());
  FakePeer& client = world.connect_client();
  std::array<std::byte, 64> meta{};
  const std::size_t known = protocol::encode(protocol::RequestMeta{.route = "echo"}, MutableByteView{meta});
  meta[known] = std::byte{0x99};
  meta[known + 1] = std::byte{0x80};

  client.send([&](auto& writer) {
    writer.frame({.type = FrameType::request, .flags = whole, .stream_id = 1, .deadline_us = 1000},
                 ByteView{meta}.first(known + 4), {});
  });

  expect_end(client.end_of(1), {StatusCode::unimplemented, RetryClass::never, Origin::broker, false});
}

TEST(Call, ToAnUnknownRouteAndToOneNotAllowedLookTheSame) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  world.allowed_routes = {true, false};
  FakePeer& client = world.connect_client();

  client.request(1, "nosuch");
  client.request(2, "other");

  expect_end(client.end_of(1), {StatusCode::not_found, RetryClass::never, Origin::broker, false});
  expect_end(client.end_of(2), {StatusCode::not_found, RetryClass::never, Origin::broker, false});
  EXPECT_EQ(client.end_of(1).message, "no such route: 'nosuch'");
  EXPECT_EQ(client.end_of(2).message, "no such route: 'other'");
  EXPECT_EQ(worker.channel.count(FrameType::request), 0u);
}

TEST(Call, ThatFailsIsLoggedWithItsRoute) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();

  client.request(1, "other");
  worker.channel.end(1, {.status = StatusCode::aborted, .origin = Origin::worker, .worker_received = true});
  client.request(2, "nosuch");

  const std::vector<LogRecord> failed = world.logs("call_failed");
  ASSERT_EQ(failed.size(), 2u);
  EXPECT_EQ(failed[0].route, "other");
  EXPECT_EQ(failed[1].route, "");
  EXPECT_EQ(failed[1].message, "not_found (broker): no such route: 'nosuch'");
}

TEST(Call, ThatTimesOutWithoutAReadyWorkerSaysWhyThereIsNone) {
  EngineWorld world(one_pool());
  const FakeWorker first = world.start_process();
  FakePeer& client = world.connect_client();
  client.request(1, "echo", "never had a worker", 50ms);
  world.advance(50ms);
  world.kill(first, 3);
  world.advance(world.pool().next_start - world.now);
  world.start_process();
  client.request(2, "echo", "between two starts", 50ms);
  world.advance(50ms);

  EXPECT_EQ(client.end_of(1).message, "the deadline passed in the queue (no worker of pool 'p' is ready)");
  EXPECT_EQ(client.end_of(2).message,
            "the deadline passed in the queue (no worker of pool 'p' is ready; last failure: worker ended with exit "
            "code 3 before it was ready)");
}

TEST(Call, ThatTimesOutBehindABusyWorkerBlamesTheQueueAlone) {
  EngineWorld world(one_pool());
  world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");

  client.request(2, "echo", "waits", 50ms);
  world.advance(50ms);

  EXPECT_EQ(client.end_of(2).message, "the deadline passed in the queue");
}

TEST(Call, WithAnInvalidRouteNameEndsInvalidArgument) {
  EngineWorld world(one_pool());
  FakePeer& client = world.connect_client();

  client.request(1, "no such\nroute");

  expect_end(client.end_of(1), {StatusCode::invalid_argument, RetryClass::never, Origin::broker, false});
  EXPECT_FALSE(client.closed_by_broker);
}

TEST(Call, WithADeadlineOutsideTheLimitsEndsInvalidArgument) {
  EngineWorld world(one_pool());
  FakePeer& client = world.connect_client();

  client.request(1, "echo", {}, 0us);
  client.request(2, "echo", {}, limits::max_deadline + 1us);
  client.request(3, "echo", {}, limits::max_deadline);

  EXPECT_EQ(client.end_of(1).status, StatusCode::invalid_argument);
  EXPECT_EQ(client.end_of(2).status, StatusCode::invalid_argument);
  EXPECT_FALSE(client.has_end(3));
}

TEST(Call, AboveMaxStreamsEndsResourceExhaustedAndTheOthersGoOn) {
  EngineConfig config = one_pool(1, 1, 4);
  config.max_streams_per_session = 2;
  EngineWorld world(std::move(config));
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();

  client.request(1, "echo");
  client.request(2, "echo");
  client.request(3, "echo");
  worker.channel.reply(1, "one");
  client.request(4, "echo");

  expect_end(client.end_of(3), {StatusCode::resource_exhausted, RetryClass::safe, Origin::broker, false});
  EXPECT_EQ(client.reply_of(1), "one");
  EXPECT_FALSE(client.has_end(4));
  EXPECT_EQ(worker.channel.count(FrameType::request), 3u);
}

TEST(Call, WaitingLongerThanItsDeadlineEndsSafeToRetry) {
  EngineWorld world(one_pool());
  FakePeer& client = world.connect_client();

  client.request(1, "echo", {}, 2s);
  world.advance(2s - 1us);
  EXPECT_FALSE(client.has_end(1));
  world.advance(1us);

  expect_end(client.end_of(1), {StatusCode::deadline_exceeded, RetryClass::safe, Origin::broker, false});
}

TEST(Call, WhoseDeadlinePassesAtTheWorkerIsCancelledThereAndNeverSafeToRetry) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();

  client.request(1, "echo", {}, 2s);
  world.advance(2s);

  expect_end(client.end_of(1), {StatusCode::deadline_exceeded, RetryClass::never, Origin::broker, true});
  EXPECT_EQ(worker.channel.seen(FrameType::cancel, 1).size(), 1u);
}

TEST(Call, GivesTheWorkerWhatIsLeftOfTheDeadlineLessTheHopsReserve) {
  EngineWorld world(one_pool());
  FakePeer& client = world.connect_client();

  client.request(1, "echo", {}, 1s);
  world.advance(900ms);
  const FakeWorker worker = world.start_worker();

  const SeenFrame request = worker.channel.seen(FrameType::request, 1).at(0);
  EXPECT_EQ(Duration{static_cast<Duration::rep>(request.header.deadline_us)}, 95ms);
}

TEST(Call, CancelledInTheQueueEndsAtOnceAndNeverReachesAWorker) {
  EngineWorld world(one_pool());
  FakePeer& client = world.connect_client();

  client.request(1, "echo");
  client.cancel(1);
  const FakeWorker worker = world.start_worker();

  expect_end(client.end_of(1), {StatusCode::cancelled, RetryClass::never, Origin::broker, false});
  EXPECT_EQ(worker.channel.count(FrameType::request), 0u);
}

TEST(Call, CancelledAtTheWorkerEndsAtOnceButHoldsItsSlotUntilTheWorkersEnd) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  client.request(2, "echo");

  client.cancel(1);

  expect_end(client.end_of(1), {StatusCode::cancelled, RetryClass::never, Origin::broker, true});
  EXPECT_EQ(worker.channel.seen(FrameType::cancel, 1).size(), 1u);
  EXPECT_EQ(worker.channel.count(FrameType::request), 1u);
  worker.channel.end(1, {.status = StatusCode::cancelled, .origin = Origin::worker, .worker_received = true});
  EXPECT_EQ(worker.channel.count(FrameType::request), 2u);
}

TEST(Call, DropsWhatAWorkerStillSendsForACancelledOneAndReturnsItsConnectionCredit) {
  EngineWorld world(one_pool(1, 1, 4));
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  const std::string chunk(limits::stream_window_bytes / 4 - 32, 'x');
  for (std::uint64_t stream = 1; stream <= 4; ++stream) {
    client.request(stream, "echo");
    client.cancel(stream);
  }

  for (std::uint64_t stream = 1; stream <= 4; ++stream) {
    for (int i = 0; i < 3; ++i) worker.channel.data(stream, chunk, more);
    worker.channel.data(stream, chunk);
    worker.channel.end(stream);
  }

  EXPECT_EQ(client.count(FrameType::data), 0u);
  EXPECT_EQ(client.count(FrameType::end), 4u);
  EXPECT_GE(worker.channel.credit_for(0), limits::connection_window_bytes / 2);
  EXPECT_FALSE(world.was_terminated(worker));
  EXPECT_EQ(world.snapshot().buffered_bytes, 0u);
}

TEST(Call, IgnoresACancelThatComesAfterTheEnd) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  worker.channel.reply(1, "done");

  client.cancel(1);

  EXPECT_EQ(client.end_of(1).status, StatusCode::ok);
  EXPECT_FALSE(client.closed_by_broker);
}

TEST(Call, OfAVanishedClientIsCancelledAtTheWorker) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  client.request(2, "echo");

  client.disappear();

  EXPECT_EQ(worker.channel.seen(FrameType::cancel, 1).size(), 1u);
  worker.channel.end(1);
  EXPECT_EQ(worker.channel.count(FrameType::request), 1u);
  EXPECT_EQ(world.snapshot().calls_in_progress, 0u);
  EXPECT_EQ(world.snapshot().calls_by_status[static_cast<std::size_t>(StatusCode::cancelled)], 2u);
}

TEST(Call, EndsWithTheWorkersErrorAsTheWorkerSaidIt) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();

  client.request(1, "echo");
  worker.channel.end(1, {.status = StatusCode::internal, .origin = Origin::worker, .message = "InvalidCastException"});

  expect_end(client.end_of(1), {StatusCode::internal, RetryClass::never, Origin::worker, true});
  EXPECT_EQ(client.end_of(1).message, "InvalidCastException");
}

TEST(Call, IsLoggedWhenItFailsWithItsPoolWorkerSessionAndNumber) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();

  client.request(1, "echo");
  worker.channel.end(1, {.status = StatusCode::internal, .origin = Origin::worker, .message = "broken"});

  const LogRecord record = world.logs("call_failed").at(0);
  EXPECT_EQ(record.level, LogLevel::debug);
  EXPECT_EQ(record.pool, "p");
  EXPECT_EQ(record.worker, worker.id.value);
  EXPECT_EQ(record.session, client.connection().value);
  EXPECT_EQ(record.call, 1u);
  EXPECT_EQ(record.message, "internal (worker): broken");
}

TEST(Call, AnsweredButNotYetReadByTheClientStillKeepsItsDeadline) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo", {}, 1s);
  client.stop_reading();
  worker.channel.reply(1, "late");

  world.advance(1s);
  client.read_again();

  expect_end(client.end_of(1), {StatusCode::deadline_exceeded, RetryClass::never, Origin::broker, true});
  EXPECT_EQ(client.reply_of(1), "");
}

}  // namespace
}  // namespace plugbroker::engine::testing
