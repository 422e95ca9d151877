// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/client_lib/win/test_client.h"

namespace plugbroker::client {
namespace {

TEST(Calls, GetTheirReply) {
  PipeServer server(echo);
  const auto client = client_of(server.name());

  const auto reply = client.call("echo", "hello");

  ASSERT_TRUE(reply.ok()) << reply.error().message;
  EXPECT_EQ(reply->text(), "hello");
  EXPECT_EQ(reply->content_type(), "text/plain");
  EXPECT_EQ(plugbroker_reply_status(reply->get()), PLUGBROKER_OK);
  EXPECT_EQ(plugbroker_reply_origin(reply->get()), PLUGBROKER_ORIGIN_WORKER);
  EXPECT_EQ(plugbroker_reply_worker_received(reply->get()), 1);
}

TEST(Calls, MayBeEmpty) {
  PipeServer server(echo);
  const auto client = client_of(server.name());

  const auto reply = client.call("echo", std::string_view{});

  ASSERT_TRUE(reply.ok()) << reply.error().message;
  EXPECT_TRUE(reply->bytes().empty());
  EXPECT_EQ(plugbroker_reply_data(reply->get()), nullptr);
}

TEST(Calls, CarrySixtyFourMebibytesEachWay) {
  PipeServer server(echo);
  const auto client = client_of(server.name());
  std::string large(64u * 1024 * 1024, 'x');
  for (std::size_t i = 0; i < large.size(); i += 4093) large[i] = static_cast<char>('a' + i % 26);

  const auto reply = client.call("echo", large, within(50s));

  ASSERT_TRUE(reply.ok()) << reply.error().message;
  EXPECT_TRUE(reply->text() == large);
}

TEST(Calls, RefuseOneByteMoreThanSixtyFourMebibytes) {
  PipeServer server(echo);
  const auto client = client_of(server.name());
  const std::string too_large(64u * 1024 * 1024 + 1, 'x');

  const auto reply = client.call("echo", too_large);

  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().status, PLUGBROKER_RESOURCE_EXHAUSTED);
  EXPECT_FALSE(reply.error().worker_received);
}

TEST(Calls, EndAtTheirDeadlineWhenTheWorkerNeverAnswers) {
  PipeServer server(never_answer);
  const auto client = client_of(server.name());

  const auto reply = client.call("sleep", "x", within(100ms));

  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().status, PLUGBROKER_DEADLINE_EXCEEDED);
  EXPECT_EQ(reply.error().retry, PLUGBROKER_RETRY_NEVER);
  EXPECT_TRUE(reply.error().worker_received);
}

TEST(Calls, EndAtTheirDeadlineWhenTheServerNeverSaysAnything) {
  PipeServer server([](ServerConnection& connection) { connection.read_to_the_end(); });
  const auto client = client_of(server.name());

  const auto reply = client.call("echo", "x", within(100ms));

  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().status, PLUGBROKER_DEADLINE_EXCEEDED);
  EXPECT_EQ(reply.error().retry, PLUGBROKER_RETRY_SAFE);
  EXPECT_FALSE(reply.error().worker_received);
}

TEST(Calls, ShareOneConnection) {
  PipeServer server(echo);
  const auto client = client_of(server.name());

  for (int i = 0; i < 20; ++i) ASSERT_TRUE(client.call("echo", "x").ok());

  EXPECT_EQ(server.connections(), 1);
}

TEST(Calls, RefuseWhatIsNoRoute) {
  PipeServer server(echo);
  const auto client = client_of(server.name());

  EXPECT_EQ(client.call("", "x").error().status, PLUGBROKER_INVALID_ARGUMENT);
  EXPECT_EQ(client.call("no spaces", "x").error().status, PLUGBROKER_INVALID_ARGUMENT);
  EXPECT_EQ(server.connections(), 0);
}

TEST(Calls, SendNothingTwiceWhenTheReplyIsAnError) {
  std::atomic<int> requests = 0;
  PipeServer server([&requests](ServerConnection& connection) {
    connection.accept();
    while (const auto frame = connection.read()) {
      ++requests;
      connection.write(connection.frames().end(frame->header.stream_id, StatusCode::not_found, "no such route"));
    }
  });
  const auto client = client_of(server.name());

  const auto reply = client.call("missing", "x");

  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().status, PLUGBROKER_NOT_FOUND);
  EXPECT_STREQ(reply.error().status_name(), "not_found");
  EXPECT_EQ(reply.error().message, "no such route");
  EXPECT_EQ(requests, 1);
}

}  // namespace
}  // namespace plugbroker::client
