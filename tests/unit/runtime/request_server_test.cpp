// SPDX-License-Identifier: Apache-2.0
#include "broker_core/runtime/request_server.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker_core/runtime/served_session.h"
#include "tests/unit/runtime/fakes/fake_callers.h"
#include "tests/unit/runtime/fakes/fake_transport.h"
#include "tests/unit/runtime/fakes/manual_clock.h"
#include "tests/unit/runtime/fakes/wire_peer.h"

namespace plugbroker::runtime {
namespace {

using namespace std::chrono_literals;

class StatusHandler final : public RequestHandler {
 public:
  std::variant<ServedReply, SlowReply> serve(const ServedRequest& request) override {
    if (request.route == "slow") {
      return [] { return ServedReply{.status = {}, .content_type = "text/plain", .payload = "at last"}; };
    }
    callers.push_back(request.caller());
    return ServedReply{.status = {}, .content_type = "text/plain", .payload = payload};
  }
  std::string payload = "fine";
  std::vector<std::string> callers;
};

/// Does it when the test says so.
class HeldTasks final : public TaskRunner {
 public:
  bool run(std::function<void()> task) override {
    if (is_full) return false;
    tasks.push_back(std::move(task));
    return true;
  }
  void do_all() {
    for (const auto& task : std::exchange(tasks, {})) task();
  }
  std::vector<std::function<void()>> tasks;
  bool is_full = false;
};

class RequestServerTest : public testing::Test {
 protected:
  bool turn() { return server_.turn(far_future); }
  std::vector<std::byte> taken(ConnectionId connection) { return transport_.take_written(connection); }

  test::FakeTransport transport_;
  test::ManualClock clock_;
  StatusHandler handler_;
  test::FakeCallers callers_{0};
  HeldTasks tasks_;
  RequestServer server_{
      protocol::PeerDescription{}, protocol::InstanceId{}, {transport_, handler_, callers_, clock_, tasks_}};

  ConnectionId ask(std::string_view route, std::uint64_t stream = 1) {
    const ConnectionId client = transport_.connect();
    transport_.send(client, test::hello(protocol::Role::client));
    transport_.send(client, test::request(stream, route, ""));
    EXPECT_TRUE(turn());
    return client;
  }
};

TEST_F(RequestServerTest, AnswersOthersWhileASlowReplyIsUnderWay) {
  const ConnectionId waiting = ask("slow");
  const ConnectionId quick = ask("status");
  EXPECT_TRUE(turn());
  EXPECT_EQ(test::reply_of(taken(quick), 1), "fine");
  EXPECT_EQ(test::frames_of_type(taken(waiting), protocol::FrameType::end).size(), 0u);

  tasks_.do_all();
  EXPECT_EQ(transport_.wakes(), 1);
  EXPECT_TRUE(turn());

  EXPECT_EQ(test::reply_of(taken(waiting), 1), "at last");
}

TEST_F(RequestServerTest, AnswersTheSameClientWhileItsSlowReplyIsUnderWay) {
  const ConnectionId client = ask("slow");
  transport_.send(client, test::request(3, "status", ""));
  EXPECT_TRUE(turn());
  EXPECT_TRUE(turn());
  EXPECT_EQ(test::reply_of(taken(client), 3), "fine");

  tasks_.do_all();
  EXPECT_TRUE(turn());

  EXPECT_EQ(test::reply_of(taken(client), 1), "at last");
}

TEST_F(RequestServerTest, DropsTheSlowReplyOfAClientThatIsGone) {
  const ConnectionId client = ask("slow");
  transport_.peer_closes(client);
  EXPECT_TRUE(turn());

  tasks_.do_all();

  EXPECT_TRUE(turn());
}

TEST_F(RequestServerTest, DropsASlowReplyWhoseCallHasEnded) {
  const ConnectionId client = ask("slow");
  transport_.send(client, test::cancel(1));
  EXPECT_TRUE(turn());
  EXPECT_TRUE(turn());
  EXPECT_EQ(test::first_outcome(taken(client)).status, StatusCode::cancelled);

  tasks_.do_all();
  EXPECT_TRUE(turn());

  EXPECT_TRUE(taken(client).empty());
}

TEST_F(RequestServerTest, RefusesASlowReplyWhenTooManyWait) {
  tasks_.is_full = true;

  const ConnectionId client = ask("slow");
  EXPECT_TRUE(turn());

  const auto outcome = test::first_outcome(taken(client));
  EXPECT_EQ(outcome.status, StatusCode::resource_exhausted);
  EXPECT_EQ(outcome.retry, RetryClass::after_backoff);
}

TEST_F(RequestServerTest, StopsAlthoughASlowReplyIsUnderWay) {
  (void)ask("slow");

  server_.request_stop();
  while (turn()) {
  }
  tasks_.do_all();

  EXPECT_FALSE(turn());
}

TEST_F(RequestServerTest, AnswersAClient) {
  const ConnectionId client = transport_.connect();
  transport_.send(client, test::hello(protocol::Role::client));
  EXPECT_TRUE(turn());
  transport_.send(client, test::request(1, "status", ""));
  EXPECT_TRUE(turn());

  const auto bytes = taken(client);
  EXPECT_EQ(test::reply_of(bytes, 1), "fine");
  EXPECT_EQ(test::first_outcome(bytes).content_type, "text/plain");
}

TEST_F(RequestServerTest, TellsTheHandlerWhoAsks) {
  const ConnectionId client = transport_.connect(77);
  transport_.send(client, test::hello(protocol::Role::client));
  transport_.send(client, test::request(1, "status", ""));
  EXPECT_TRUE(turn());
  callers_.result = {StatusCode::unauthenticated, "the client connected anonymously"};
  transport_.send(client, test::request(3, "status", ""));
  EXPECT_TRUE(turn());

  EXPECT_EQ(handler_.callers, (std::vector<std::string>{R"(HOST\user (S-1-5-21-1-2-3-1001))", "process 77"}));
  EXPECT_EQ(callers_.asked(), (std::vector<ConnectionId>{client, client}));
}

TEST_F(RequestServerTest, StartsNoWriteWhileOneIsOutstanding) {
  transport_.completes_writes = false;
  const ConnectionId client = transport_.connect();
  transport_.send(client, test::hello(protocol::Role::client));
  EXPECT_TRUE(turn());
  transport_.send(client, test::request(1, "status", ""));
  transport_.send(client, test::ping(1));
  EXPECT_TRUE(turn());

  EXPECT_EQ(transport_.writes(), 1);
  transport_.complete_write(client);
  EXPECT_TRUE(turn());
  EXPECT_EQ(transport_.writes(), 2);
  EXPECT_EQ(transport_.overlapping_writes(), 0);
}

TEST_F(RequestServerTest, WritesALongReplyInPiecesOfAtMost256KiB) {
  handler_.payload = std::string(900'000, 'x');
  const ConnectionId client = transport_.connect();
  transport_.send(client, test::hello(protocol::Role::client, {.stream_window = 1u << 20}));
  transport_.send(client, test::request(1, "status", ""));
  std::vector<std::byte> all;
  for (int i = 0; i < 8; ++i) {
    EXPECT_TRUE(turn());
    const auto part = taken(client);
    all.insert(all.end(), part.begin(), part.end());
  }

  EXPECT_EQ(test::reply_of(all, 1).size(), 900'000u);
  EXPECT_LE(transport_.largest_write(), limits::max_write_bytes);
  EXPECT_EQ(transport_.overlapping_writes(), 0);
}

TEST_F(RequestServerTest, ClosesAClientThatSaysNothing) {
  const ConnectionId client = transport_.connect();
  EXPECT_TRUE(turn());
  EXPECT_TRUE(turn());
  EXPECT_EQ(transport_.last_until(), clock_.now() + 2s);

  clock_.advance(2s);
  EXPECT_TRUE(turn());

  ASSERT_EQ(transport_.closes().size(), 1u);
  EXPECT_EQ(transport_.closes()[0].connection, client);
}

TEST_F(RequestServerTest, WritesARefusalBeforeItClosesAndWaitsForThePeerAtMostASecond) {
  const ConnectionId client = transport_.connect();
  transport_.send(client, test::hello(protocol::Role::worker));
  EXPECT_TRUE(turn());
  EXPECT_TRUE(transport_.closes().empty());
  EXPECT_TRUE(turn());

  EXPECT_FALSE(test::hello_ack_in(taken(client)).result.ok());
  ASSERT_EQ(transport_.closes().size(), 1u);
  EXPECT_EQ(transport_.closes()[0].linger, limits::linger_after_refusal);
}

TEST_F(RequestServerTest, ClosesOnePeerTooMany) {
  for (std::size_t i = 0; i < served::max_sessions; ++i) transport_.connect();
  EXPECT_TRUE(turn());
  EXPECT_TRUE(transport_.closes().empty());

  const ConnectionId one_more = transport_.connect();
  EXPECT_TRUE(turn());

  ASSERT_EQ(transport_.closes().size(), 1u);
  EXPECT_EQ(transport_.closes()[0].connection, one_more);
}

TEST_F(RequestServerTest, WaitsWithoutATimerWhenNobodyIsThere) {
  EXPECT_TRUE(turn());

  EXPECT_EQ(transport_.last_until(), far_future);
}

TEST_F(RequestServerTest, StopsAfterItsClientsWereTold) {
  const ConnectionId client = transport_.connect();
  transport_.send(client, test::hello(protocol::Role::client));
  EXPECT_TRUE(turn());
  EXPECT_TRUE(turn());
  (void)taken(client);

  server_.request_stop();
  EXPECT_TRUE(turn());
  EXPECT_TRUE(turn());
  EXPECT_FALSE(turn());

  EXPECT_EQ(test::frames_of_type(taken(client), protocol::FrameType::goaway).size(), 1u);
  EXPECT_FALSE(transport_.listening());
  EXPECT_EQ(transport_.wakes(), 1);
}

}  // namespace
}  // namespace plugbroker::runtime
