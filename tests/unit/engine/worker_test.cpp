// SPDX-License-Identifier: Apache-2.0
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

TEST(Worker, GetsNoCallBeforeReady) {
  EngineWorld world(one_pool());
  FakePeer& client = world.connect_client();
  client.request(1, "echo");

  const FakeWorker worker = world.start_process();
  EXPECT_EQ(worker.channel.count(FrameType::request), 0u);
  worker.channel.hello(Role::worker);
  EXPECT_EQ(worker.channel.count(FrameType::request), 0u);
  worker.channel.ready({"echo", "other"}, 1);

  EXPECT_EQ(worker.channel.count(FrameType::request), 1u);
}

TEST(Worker, GetsNoMoreCallsAtOnceThanThePoolsConcurrency) {
  EngineWorld world(one_pool(1, 1, 2));
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();

  for (std::uint64_t stream = 1; stream <= 3; ++stream) client.request(stream, "echo");
  EXPECT_EQ(worker.channel.count(FrameType::request), 2u);
  worker.channel.end(1);

  EXPECT_EQ(worker.channel.count(FrameType::request), 3u);
}

TEST(Worker, GetsNoMoreCallsAtOnceThanItSays) {
  EngineWorld world(one_pool(1, 1, 8));
  const FakeWorker worker = world.start_process();
  worker.channel.hello(Role::worker);
  worker.channel.ready({"echo", "other"}, 2);
  FakePeer& client = world.connect_client();

  for (std::uint64_t stream = 1; stream <= 3; ++stream) client.request(stream, "echo");

  EXPECT_EQ(worker.channel.count(FrameType::request), 2u);
}

TEST(Worker, GetsNoMoreStreamsAtOnceThanItTakes) {
  EngineWorld world(one_pool(1, 1, 8));
  const FakeWorker worker = world.start_process();
  protocol::PeerLimits limits;
  limits.max_streams = 1;
  worker.channel.hello(Role::worker, limits);
  worker.channel.ready({"echo", "other"}, 8);
  FakePeer& client = world.connect_client();

  client.request(1, "echo");
  client.request(2, "echo");

  EXPECT_EQ(worker.channel.count(FrameType::request), 1u);
}

TEST(Worker, GetsNoRequestLargerThanItTakes) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_process();
  protocol::PeerLimits limits;
  limits.max_payload = 10;
  worker.channel.hello(Role::worker, limits);
  worker.channel.ready({"echo", "other"}, 1);
  FakePeer& client = world.connect_client();

  client.request(1, "echo", "eleven bytes");

  EXPECT_EQ(client.end_of(1).status, StatusCode::resource_exhausted);
  EXPECT_EQ(client.end_of(1).message, "the request is larger than the worker takes, 10");
  EXPECT_EQ(worker.channel.count(FrameType::request), 0u);
}

TEST(Worker, WithoutARouteOfItsPoolIsReportedAndUsed) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_process();
  worker.channel.hello(Role::worker);

  worker.channel.ready({"echo"}, 1);

  EXPECT_NE(world.logs("worker_lacks_route").at(0).message.find("'other'"), std::string::npos);
  EXPECT_EQ(world.pool().workers.at(0).lacks_routes, std::vector<std::string>{"other"});
  EXPECT_EQ(world.pool().workers.at(0).state, WorkerState::ready);
}

TEST(Worker, ThatDiesEndsItsCallsAndIsReplacedWhicheverEndIsSeenFirst) {
  EngineWorld process_first(one_pool());
  EngineWorld channel_first(one_pool());
  for (EngineWorld* world : {&process_first, &channel_first}) {
    const FakeWorker worker = world->start_worker();
    FakePeer& client = world->connect_client();
    client.request(1, "echo");
    worker.channel.reply(1, {});
    client.request(2, "echo");
  }

  process_first.handle(WorkerExited{WorkerId{1}, 0xE0434352});
  process_first.handle(ConnectionClosed{ConnectionId{1}, "end of file"});
  channel_first.handle(ConnectionClosed{ConnectionId{1}, "end of file"});
  channel_first.handle(WorkerExited{WorkerId{1}, 0xE0434352});

  for (EngineWorld* world : {&process_first, &channel_first}) {
    EXPECT_EQ(world->snapshot().calls_by_status[static_cast<std::size_t>(StatusCode::unavailable)], 1u);
    EXPECT_EQ(world->start_requests.size(), 1u);
    EXPECT_EQ(world->pool().workers_failed, 1u);
    EXPECT_EQ(world->pool().last_failure, "worker ended with exit code 0xE0434352 (unhandled .NET exception)");
    EXPECT_EQ(world->logs("worker_exited").at(0).level, LogLevel::warning);
  }
}

TEST(Worker, ThatDiesWithACallTellsTheCallerThatAWorkerMayHaveReceivedIt) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  worker.channel.data(1, "half a repl", more);

  world.kill(worker);

  expect_lost(client.end_of(1));
}

TEST(Worker, ThatDiesBeforeItsCallWasGivenOutLosesNothing) {
  EngineWorld world(one_pool(1, 1, 2));
  const FakeWorker first = world.start_worker();
  FakePeer& client = world.connect_client();
  first.channel.stop_reading();
  client.request(1, "echo", "one");
  client.request(2, "echo", "two");

  world.kill(first);
  world.advance(250ms);
  const FakeWorker second = world.start_worker();

  const std::vector<SeenFrame> requests = second.channel.seen(FrameType::request);
  EXPECT_EQ(requests.at(0).payload, "one");
  EXPECT_EQ(requests.at(1).payload, "two");
  EXPECT_EQ(client.count(FrameType::end), 0u);
}

TEST(Worker, ThatAnswersAndExitsAtOnceLosesNoReply) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");

  world.exit(worker);  // Its last bytes are still in the pipe.
  worker.channel.reply(1, "last words");
  worker.channel.disappear();

  EXPECT_EQ(client.reply_of(1), "last words");
  EXPECT_EQ(client.end_of(1).status, StatusCode::ok);
}

TEST(Worker, WhoseChannelOutlivesItsProcessLosesItsCallsAllTheSame) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");

  world.exit(worker);
  world.advance(limits::worker_death_settle);

  expect_lost(client.end_of(1));
  EXPECT_TRUE(worker.channel.closed_by_broker);
}

TEST(Worker, WhoseProcessOutlivesItsChannelIsTerminatedAndReplaced) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");

  worker.channel.disappear();
  expect_lost(client.end_of(1));
  EXPECT_FALSE(world.was_terminated(worker));
  world.advance(limits::worker_death_settle);
  EXPECT_TRUE(world.was_terminated(worker));
  world.exit(worker);
  world.advance(250ms);

  EXPECT_EQ(world.start_requests.size(), 1u);
}

TEST(Worker, ThatIsNotReadyInTimeIsTerminated) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_process();
  worker.channel.hello(Role::worker);

  world.advance(30s - 1us);
  EXPECT_FALSE(world.was_terminated(worker));
  world.advance(1us);

  EXPECT_TRUE(world.was_terminated(worker));
  EXPECT_TRUE(world.logged("worker_not_ready"));
}

TEST(Worker, ThatStartsAfterItWasGivenUpIsTerminatedAgain) {
  EngineWorld world(one_pool());
  world.advance(30s);
  EXPECT_EQ(world.terminated.size(), 1u);

  const FakeWorker worker = world.start_process();
  worker.channel.hello(Role::worker);
  worker.channel.ready({"echo", "other"}, 1);

  EXPECT_EQ(world.terminated.size(), 2u);
  EXPECT_EQ(world.pool().workers.at(0).state, WorkerState::draining);
}

TEST(Worker, ThatDoesNotEndACancelledCallInTimeIsReplaced) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  client.cancel(1);

  world.advance(5s - 1us);
  EXPECT_FALSE(world.was_terminated(worker));
  world.advance(1us);
  EXPECT_TRUE(world.was_terminated(worker));
  world.kill(worker);
  world.advance(250ms);

  EXPECT_EQ(world.start_requests.size(), 1u);
  EXPECT_TRUE(world.logged("call_hung"));
}

TEST(Worker, WithOneHungCallFinishesItsOthersFirstAndTakesNoNewOnes) {
  EngineWorld world(one_pool(1, 1, 3));
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  client.request(2, "echo");
  client.cancel(1);

  world.advance(5s);
  client.request(3, "echo");
  EXPECT_FALSE(world.was_terminated(worker));
  EXPECT_EQ(worker.channel.count(FrameType::request), 2u);
  worker.channel.reply(2, "finished");

  EXPECT_EQ(client.reply_of(2), "finished");
  EXPECT_TRUE(world.was_terminated(worker));
  EXPECT_FALSE(client.has_end(3));
}

TEST(Worker, ThatEndsItsHungCallLateIsAskedToExit) {
  EngineWorld world(one_pool(1, 1, 2));
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  client.request(2, "echo");
  client.cancel(1);
  world.advance(5s);

  worker.channel.end(1);
  worker.channel.end(2);

  EXPECT_EQ(worker.channel.goaway().status, StatusCode::ok);
  EXPECT_FALSE(world.was_terminated(worker));
  world.advance(5s);
  EXPECT_TRUE(world.was_terminated(worker));
}

TEST(Worker, ThatSaysItGoesAwayFinishesItsCallsAndIsReplacedWithoutAFailure) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");

  worker.channel.send([](auto& writer) { writer.goaway({.last_stream = 1}); });
  client.request(2, "echo");
  worker.channel.reply(1, "bye");
  world.kill(worker, 0);

  EXPECT_EQ(client.reply_of(1), "bye");
  EXPECT_FALSE(client.has_end(2));
  EXPECT_EQ(world.pool().workers_failed, 0u);
  EXPECT_EQ(world.start_requests.size(), 1u);
}

TEST(Worker, ThatGoesAwayBeforeItTookACallIsReplacedWithAPause) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();

  worker.channel.send([](auto& writer) { writer.goaway({.message = "no licence"}); });
  world.kill(worker, 0);

  EXPECT_EQ(world.pool().workers_failed, 1u);
  EXPECT_EQ(world.pool().last_failure, "worker went away before it had taken a call: ok: no licence");
  EXPECT_TRUE(world.start_requests.empty());
  EXPECT_TRUE(world.logged("pool_backing_off"));
  world.advance(world.pool().next_start - world.now);
  EXPECT_EQ(world.start_requests.size(), 1u);
}

TEST(Worker, ThatGoesAwayAfterLongIdlenessIsReplacedAtOnce) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  world.advance(30s);

  worker.channel.send([](auto& writer) { writer.goaway({}); });
  world.kill(worker, 0);

  EXPECT_EQ(world.pool().workers_failed, 0u);
  EXPECT_EQ(world.start_requests.size(), 1u);
}

TEST(Worker, ThatFinishesAReplyThatIsNoLongerWantedGoesOn) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  worker.channel.data(1, "half", more);

  client.cancel(1);
  worker.channel.data(1, "rest");
  worker.channel.end(1);

  EXPECT_FALSE(world.was_terminated(worker));
  client.request(2, "echo");
  worker.channel.reply(2, "still here");
  EXPECT_EQ(client.reply_of(2), "still here");
}

TEST(Worker, ThatNeedsLongToExitAfterGoingAwayIsGivenItsStopTimeout) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();

  worker.channel.send([](auto& writer) { writer.goaway({}); });
  worker.channel.disappear();
  world.advance(5s - 1us);
  EXPECT_FALSE(world.was_terminated(worker));
  world.advance(1us);

  EXPECT_TRUE(world.was_terminated(worker));
}

TEST(Worker, ThatDoesNotReadIsEnded) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  worker.channel.stop_reading();

  const std::vector<std::byte> ping = frame([](auto& writer) { writer.ping(1); });
  for (std::size_t i = 0; i <= limits::max_queued_control_bytes / ping.size(); ++i) worker.channel.send_bytes(ping);

  EXPECT_TRUE(world.was_terminated(worker));
  EXPECT_TRUE(worker.channel.closed_by_broker);
  EXPECT_TRUE(world.logged("worker_overloaded"));
}

TEST(Worker, ShowsInTheSnapshotWhatItDoes) {
  EngineWorld world(one_pool(1, 1, 2));
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();

  client.request(1, "echo");
  client.request(2, "echo");
  worker.channel.end(1);

  const WorkerSnapshot shown = world.pool().workers.at(0);
  EXPECT_EQ(shown.id, worker.id);
  EXPECT_EQ(shown.process_id, 1001u);
  EXPECT_EQ(shown.state, WorkerState::busy);
  EXPECT_EQ(shown.calls_in_progress, 1u);
  EXPECT_EQ(shown.calls_completed, 1u);
}

}  // namespace
}  // namespace plugbroker::engine::testing
