// SPDX-License-Identifier: Apache-2.0
#include "broker_core/runtime/broker_loop.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "broker_core/base/limits.h"
#include "tests/unit/runtime/fakes/loop_bench.h"

namespace plugbroker::runtime {
namespace {

using namespace std::chrono_literals;
using protocol::FrameType;

using BrokerLoopTest = test::LoopBench;

TEST_F(BrokerLoopTest, StartsThePoolsWorkersInTheFirstTurn) {
  EXPECT_TRUE(turn());

  ASSERT_EQ(processes_.starts().size(), 1u);
  EXPECT_EQ(processes_.starts()[0].pool, 0u);
}

TEST_F(BrokerLoopTest, CarriesACallToTheWorkerAndTheReplyBack) {
  const ConnectionId worker = start_worker();
  const ConnectionId client = open_client();

  transport_.send(client, test::request(1, "echo", "question"));
  settle();
  const auto requests = test::frames_of_type(written_to(worker), FrameType::request);
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].payload, "question");
  transport_.send(worker, test::data(requests[0].header.stream_id, 0, "answer"));
  transport_.send(worker, test::end(requests[0].header.stream_id, StatusCode::ok));
  settle();

  const auto bytes = written_to(client);
  EXPECT_EQ(test::reply_of(bytes, 1), "answer");
  EXPECT_EQ(test::first_outcome(bytes).status, StatusCode::ok);
}

TEST_F(BrokerLoopTest, AsksOnceWhoACallerIsAfterItsHello) {
  const ConnectionId silent = transport_.connect();
  const ConnectionId client = open_client();

  EXPECT_EQ(callers_.asked(), std::vector<ConnectionId>{client});
  EXPECT_NE(silent, client);
}

TEST_F(BrokerLoopTest, HandsOnTheNameOfAnAccountThatIsFoundOutLater) {
  (void)open_client();
  callers_.names = {{"S-1-5-21-1-2-3-1001", "HOST\\late"}};

  transport_.wake();
  settle();
  clock_.advance(1s);
  settle();

  EXPECT_EQ(board_.latest()->callers.at(0).account, "HOST\\late");
  EXPECT_TRUE(callers_.names.empty());
}

TEST_F(BrokerLoopTest, RefusesACallerThatCannotBeIdentified) {
  callers_.result = {StatusCode::unauthenticated, "the client connected anonymously"};
  const ConnectionId client = transport_.connect();
  transport_.send(client, test::hello(protocol::Role::client));
  settle();

  EXPECT_EQ(test::hello_ack_in(written_to(client)).result.code, StatusCode::unauthenticated);
  EXPECT_EQ(transport_.closes().size(), 1u);
}

TEST_F(BrokerLoopTest, HasNeverMoreThanOneWriteOutstandingOnAConnection) {
  const ConnectionId worker = start_worker();
  const ConnectionId client = open_client();
  transport_.completes_writes = false;

  for (std::uint64_t stream = 1; stream <= 50; ++stream) transport_.send(client, test::request(stream, "none", ""));
  settle();
  transport_.send(client, test::ping(1));
  settle();
  transport_.complete_write(client);
  settle();

  EXPECT_EQ(transport_.overlapping_writes(), 0);
  EXPECT_EQ(test::frames_of_type(written_to(client), FrameType::pong).size(), 1u);
  EXPECT_NE(worker, client);
}

TEST_F(BrokerLoopTest, WritesWhatIsReadyTogetherInOneWrite) {
  const ConnectionId client = open_client();
  const int before = transport_.writes();

  for (std::uint64_t opaque = 1; opaque <= 10; ++opaque) transport_.send(client, test::ping(opaque));
  settle();

  EXPECT_EQ(transport_.writes(), before + 1);
  EXPECT_EQ(test::frames_of_type(written_to(client), FrameType::pong).size(), 10u);
}

TEST_F(BrokerLoopTest, WritesAtMost256KiBAtOnce) {
  const ConnectionId worker = start_worker();
  const ConnectionId client = open_client({.stream_window = 1u << 20, .connection_window = 1u << 20});
  transport_.send(client, test::request(1, "echo", ""));
  settle();
  const auto requests = test::frames_of_type(written_to(worker), FrameType::request);
  ASSERT_EQ(requests.size(), 1u);
  transport_.completes_writes = false;
  transport_.send(client, test::ping(1));
  settle();

  const std::string chunk(60'000, 'x');
  for (int i = 0; i < 8; ++i)
    transport_.send(worker, test::data(requests[0].header.stream_id, protocol::flag_more, chunk));
  settle();
  for (int i = 0; i < 3; ++i) {
    transport_.complete_write(client);
    settle();
  }

  EXPECT_LE(transport_.largest_write(), limits::max_write_bytes);
  EXPECT_EQ(test::reply_of(written_to(client), 1).size(), 8 * chunk.size());
}

TEST_F(BrokerLoopTest, WaitsNoLongerThanTheHelloOfASilentClientMayTake) {
  (void)start_worker();
  transport_.connect();
  settle();
  EXPECT_LE(transport_.last_until(), clock_.now() + limits::default_hello_timeout);

  clock_.advance(limits::default_hello_timeout);
  settle();

  EXPECT_EQ(transport_.closes().size(), 1u);
}

TEST_F(BrokerLoopTest, SleepsWithoutATimerWhenNothingIsGoingOn) {
  (void)start_worker();
  (void)open_client();
  settle();
  clock_.advance(1min);
  settle();

  EXPECT_EQ(transport_.last_until(), far_future);
}

TEST_F(BrokerLoopTest, ReplacesAWorkerThatExits) {
  const ConnectionId channel = start_worker();

  processes_.report_exited(processes_.starts()[0].worker, 3);
  transport_.peer_closes(channel);
  settle();
  clock_.advance(1min);
  settle();

  EXPECT_EQ(processes_.starts().size(), 2u);
}

TEST_F(BrokerLoopTest, TerminatesAWorkerThatNeverGetsReady) {
  turn();
  const WorkerId worker = processes_.starts()[0].worker;
  processes_.report_started(worker, transport_.adopt());
  settle();

  clock_.advance(31s);
  settle();

  EXPECT_EQ(processes_.terminated(), std::vector<WorkerId>{worker});
}

TEST_F(BrokerLoopTest, LogsWhyAWorkerCouldNotBeStarted) {
  turn();
  processes_.report_start_failed(processes_.starts()[0].worker, "CreateProcessW C:\\gone.exe: error 2");
  settle();

  const auto records = log_.records();
  EXPECT_TRUE(std::any_of(records.begin(), records.end(), [](const LogRecord& record) {
    return record.message.find("C:\\gone.exe") != std::string::npos && record.pool == "documents";
  }));
}

TEST_F(BrokerLoopTest, GivesAPeerThatIsRefusedItsAnswerAndASecond) {
  const ConnectionId client = transport_.connect();
  transport_.send(client, test::hello(protocol::Role::worker));
  settle();

  EXPECT_EQ(test::hello_ack_in(written_to(client)).result.code, StatusCode::permission_denied);
  ASSERT_EQ(transport_.closes().size(), 1u);
  EXPECT_EQ(transport_.closes()[0].linger, limits::linger_after_refusal);
}

TEST_F(BrokerLoopTest, ClosesARefusedPeerThatDoesNotReadAfterASecond) {
  transport_.completes_writes = false;
  const ConnectionId client = transport_.connect();
  transport_.send(client, test::hello(protocol::Role::worker));
  settle();
  EXPECT_TRUE(transport_.closes().empty());
  EXPECT_LE(transport_.last_until(), clock_.now() + limits::linger_after_refusal);

  clock_.advance(limits::linger_after_refusal);
  settle();

  ASSERT_EQ(transport_.closes().size(), 1u);
  EXPECT_EQ(transport_.closes()[0].linger, Duration::zero());
}

TEST_F(BrokerLoopTest, DropsWhatARefusedPeerStillSends) {
  transport_.completes_closes = false;
  const ConnectionId client = transport_.connect();
  transport_.send(client, test::hello(protocol::Role::worker));
  settle();
  (void)written_to(client);

  transport_.send(client, test::hello(protocol::Role::client));
  settle();

  EXPECT_TRUE(written_to(client).empty());
  EXPECT_TRUE(callers_.asked().empty());
}

TEST_F(BrokerLoopTest, PublishesASnapshotBeforeTheFirstTurn) {
  EXPECT_NE(board_.latest(), nullptr);
}

TEST_F(BrokerLoopTest, PublishesChangesAtMostEveryTenthOfASecond) {
  settle();
  clock_.advance(100ms);
  (void)open_client();
  const auto published = board_.latest();
  (void)open_client();
  EXPECT_EQ(board_.latest(), published);
  EXPECT_LE(transport_.last_until(), published->taken_at + 100ms);

  clock_.advance(100ms);
  settle();

  EXPECT_EQ(board_.latest()->sessions, 2u);
}

TEST_F(BrokerLoopTest, PublishesNothingWhileNothingChanges) {
  start_worker();
  settle();
  clock_.advance(1min);
  settle();
  const auto published = board_.latest();

  clock_.advance(1min);
  settle();

  EXPECT_EQ(board_.latest(), published);
}

TEST_F(BrokerLoopTest, StopsAfterItsWorkersHaveEnded) {
  const ConnectionId channel = start_worker();

  loop_.request_stop(5s);
  EXPECT_TRUE(turn());
  EXPECT_FALSE(transport_.listening());
  EXPECT_EQ(transport_.wakes(), 1);
  processes_.report_exited(processes_.starts()[0].worker, 0);
  transport_.peer_closes(channel);
  settle();

  EXPECT_FALSE(turn());
  EXPECT_EQ(board_.latest()->state, engine::BrokerState::stopped);
}

TEST_F(BrokerLoopTest, TakesTheGraceOfTheFirstStopRequestOnly) {
  const ConnectionId channel = start_worker();
  const ConnectionId client = open_client();
  transport_.send(client, test::request(1, "echo", "", protocol::flag_end_stream, 600'000'000));
  settle();

  loop_.request_stop(10s);
  loop_.request_stop(0s);
  settle();
  EXPECT_EQ(test::first_outcome(written_to(client)).message, "no END");
  clock_.advance(10s);
  settle();

  EXPECT_NE(test::first_outcome(written_to(client)).status, StatusCode::ok);
  EXPECT_NE(channel, client);
}

TEST_F(BrokerLoopTest, HandsTheCallsOfAPoolThatIsAttachedOnlyToWhoeverAttaches) {
  engine::EngineConfig attachable = config();
  attachable.pools[0].attached_only = true;
  BrokerLoop loop{attachable, {transport_, processes_, callers_, clock_, log_, board_}};
  const auto turns = [&] {
    for (int i = 0; i < 16; ++i) loop.turn(far_future);
  };
  const ConnectionId worker = transport_.attach();
  transport_.send(worker, test::hello(protocol::Role::worker));
  transport_.send(worker, test::ready({"echo"}));
  const ConnectionId client = transport_.connect();
  transport_.send(client, test::hello(protocol::Role::client));
  turns();

  transport_.send(client, test::request(1, "echo", "question"));
  turns();

  const auto requests = test::frames_of_type(written_to(worker), FrameType::request);
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].payload, "question");
  EXPECT_TRUE(processes_.starts().empty());
}

}  // namespace
}  // namespace plugbroker::runtime
