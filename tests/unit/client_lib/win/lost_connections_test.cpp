// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/client_lib/win/test_client.h"

namespace plugbroker::client {
namespace {

TEST(LostConnections, EndTheCallThatRunsAndTheNextOneReconnects) {
  PipeServer server([](ServerConnection& connection) {
    if (connection.number() > 1) return echo(connection);
    connection.accept();
    const auto request = connection.read();
    connection.frames().write().data(request->header.stream_id, protocol::flag_more, bytes_of("half of a rep"));
    connection.write(connection.frames().take());
  });
  const auto client = client_of(server.name());

  const auto cut_off = client.call("echo", "first");
  const auto next = client.call("echo", "second");

  ASSERT_FALSE(cut_off.ok());
  EXPECT_EQ(cut_off.error().status, PLUGBROKER_UNAVAILABLE);
  EXPECT_EQ(cut_off.error().retry, PLUGBROKER_RETRY_NEVER);
  EXPECT_TRUE(cut_off.error().worker_received);
  ASSERT_TRUE(next.ok()) << next.error().message;
  EXPECT_EQ(next->text(), "second");
  EXPECT_EQ(server.connections(), 2);
}

TEST(LostConnections, GiveUpAfterThreeInARowThatEndWhileOpening) {
  PipeServer server([](ServerConnection& connection) { connection.read(); });
  const auto client = client_of(server.name());

  const auto reply = client.call("echo", "x");

  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().status, PLUGBROKER_UNAVAILABLE);
  EXPECT_FALSE(reply.error().worker_received);
  EXPECT_EQ(server.connections(), 3);
}

TEST(LostConnections, AreMadeAnewAfterAGoawayWithoutLosingTheCallThatRuns) {
  SignalCount going_away;
  SignalCount finish_old;
  PipeServer server([&](ServerConnection& connection) {
    if (connection.number() > 1) return echo(connection);
    connection.accept();
    const auto request = connection.read();
    connection.write(connection.frames().goaway(request->header.stream_id));
    going_away.release();
    finish_old.acquire();
    connection.write(connection.frames().reply(request->header.stream_id, "finished"));
    connection.read_to_the_end();
  });
  LogLines log{.awaited = "takes no more calls"};
  auto options = options_for(server.name());
  options.log = LogLines::take;
  options.log_context = &log;
  const auto client = v1::Client::create(options).value();

  std::string old_reply;
  std::thread old_caller([&] { old_reply = client.call("echo", "old").value().text(); });
  going_away.acquire();
  log.seen.acquire();
  const auto new_reply = client.call("echo", "new");
  finish_old.release();
  old_caller.join();

  ASSERT_TRUE(new_reply.ok()) << new_reply.error().message;
  EXPECT_EQ(new_reply->text(), "new");
  EXPECT_EQ(old_reply, "finished");
}

TEST(LostConnections, FollowAProtocolErrorOfTheServer) {
  PipeServer server([](ServerConnection& connection) {
    if (connection.number() > 1) return echo(connection);
    connection.accept();
    connection.read();
    connection.write(bytes_of("thirty-two bytes of no frame at all, and a few more"));
    connection.read_to_the_end();
  });
  const auto client = client_of(server.name());

  const auto broken = client.call("echo", "x");
  const auto next = client.call("echo", "y");

  ASSERT_FALSE(broken.ok());
  EXPECT_EQ(broken.error().status, PLUGBROKER_UNAVAILABLE);
  EXPECT_NE(broken.error().message.find("broke the protocol"), std::string::npos) << broken.error().message;
  EXPECT_TRUE(next.ok());
}

}  // namespace
}  // namespace plugbroker::client
