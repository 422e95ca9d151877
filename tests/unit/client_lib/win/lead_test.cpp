// SPDX-License-Identifier: Apache-2.0
// The only waiting caller does the client's I/O: everything else has to go on all the same.
#include <gtest/gtest.h>

#include "tests/unit/client_lib/win/test_client.h"

namespace plugbroker::client {
namespace {

/// Answers every call at once but those to `sleep`, which it reports.
PipeServer::Script answer_all_but_sleep(SignalCount& sleeping) {
  return [&sleeping](ServerConnection& connection) {
    connection.accept();
    while (const auto frame = connection.read()) {
      if (frame->header.type != protocol::FrameType::request) continue;
      if (frame->route() == "sleep") {
        sleeping.release();
      } else if (!connection.write(connection.frames().reply(frame->header.stream_id, frame->payload))) {
        return;
      }
    }
  };
}

struct WithASleepingCaller {
  SignalCount sleeping;
  PipeServer server{answer_all_but_sleep(sleeping)};
  v1::Client client = client_of(server.name());
  v1::Cancellation cancellation = v1::Cancellation::create().value();
  plugbroker_status slept = PLUGBROKER_UNKNOWN;
  std::thread caller;

  WithASleepingCaller() {
    EXPECT_TRUE(client.call("echo", "first").ok());  // From here on there is a connection, and nobody else calls.
    caller = std::thread([this] {
      v1::CallOptions options;
      options.cancellation = &cancellation;
      slept = client.call("sleep", "x", options).error().status;
    });
    sleeping.acquire();
  }
  void wake_up() {
    cancellation.cancel();
    caller.join();
  }
};

TEST(Lead, ServesTheCallsOfOtherThreads) {
  WithASleepingCaller f;

  int replies = 0;
  for (int i = 0; i < 50; ++i) replies += f.client.call("echo", "x").ok() ? 1 : 0;
  f.wake_up();

  EXPECT_EQ(replies, 50);
  EXPECT_EQ(f.slept, PLUGBROKER_CANCELLED);
}

TEST(Lead, ServesOperationsAndTheirCallbacks) {
  WithASleepingCaller f;
  SignalCount called;
  const auto callback = [](void* context, plugbroker_status, plugbroker_reply* reply) {
    plugbroker_reply_free(reply);
    static_cast<SignalCount*>(context)->release();
  };

  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(plugbroker_call_start(f.client.get(), "echo", "x", 1, nullptr, callback, &called, nullptr),
              PLUGBROKER_OK);
    called.acquire();
  }
  f.wake_up();
}

TEST(Lead, LeavesTheRestToTheIoThreadWhenItsOwnCallHasEnded) {
  WithASleepingCaller f;
  const auto operation = f.client.start("sleep", "x", within(200ms)).value();
  f.sleeping.acquire();
  f.wake_up();

  EXPECT_TRUE(operation.wait(30s));
  EXPECT_EQ(operation.result().error().status, PLUGBROKER_DEADLINE_EXCEEDED);
}

TEST(Lead, LosesNothingWhenTheThreadThatLedEnds) {
  SignalCount sleeping;
  PipeServer server(answer_all_but_sleep(sleeping));
  const auto client = client_of(server.name());
  ASSERT_TRUE(client.call("echo", "first").ok());

  for (int i = 0; i < 10; ++i) {
    std::thread([&] {
      EXPECT_EQ(client.call("sleep", "x", within(10ms)).error().status, PLUGBROKER_DEADLINE_EXCEEDED);
    }).join();
    EXPECT_TRUE(client.call("echo", "x").ok());
  }

  EXPECT_EQ(server.connections(), 1);
}

TEST(Lead, CarriesSixteenMebibytesEachWay) {
  PipeServer server(echo);
  const auto client = client_of(server.name());
  ASSERT_TRUE(client.call("echo", "first").ok());
  std::string large(16u * 1024 * 1024, 'x');
  for (std::size_t i = 0; i < large.size(); i += 4093) large[i] = static_cast<char>('a' + i % 26);

  const auto reply = client.call("echo", large, within(50s));

  ASSERT_TRUE(reply.ok()) << reply.error().message;
  EXPECT_TRUE(reply->text() == large);
}

TEST(Lead, ReturnsTheCreditOfItsReplyThoughNoCallFollows) {
  SignalCount credited;
  PipeServer server([&credited](ServerConnection& connection) {
    connection.accept();
    bool replied = false;
    while (const auto frame = connection.read()) {
      if (frame->header.type == protocol::FrameType::window && replied) {
        credited.release();
      } else if (frame->header.type == protocol::FrameType::request) {
        replied = true;
        if (!connection.write(connection.frames().reply(frame->header.stream_id, std::string(60'000, 'x')))) return;
      }
    }
  });
  const auto client = client_of(server.name());

  // As many as use the connection's window up, so that some of it has to be given back at the latest.
  for (int i = 0; i < 12; ++i) ASSERT_TRUE(client.call("large", "x").ok());

  credited.acquire();
}

TEST(Lead, HandsACallThatTheServiceDidNotTakeToTheNextConnection) {
  PipeServer server([](ServerConnection& connection) {
    connection.accept();
    connection.read();
    connection.write(connection.frames().reply(1, "first of " + std::to_string(connection.number())));
    connection.read();
    connection.write(connection.frames().goaway(1));
    connection.read_to_the_end();
  });
  const auto client = client_of(server.name());
  ASSERT_TRUE(client.call("echo", "x").ok());

  const auto reply = client.call("echo", "x");

  ASSERT_TRUE(reply.ok()) << reply.error().message;
  EXPECT_EQ(reply->text(), "first of 2");
  EXPECT_EQ(plugbroker_reply_attempts(reply->get()), 2u);
}

TEST(Lead, EndsWhenTheClientIsDestroyed) {
  SignalCount sleeping;
  PipeServer server(answer_all_but_sleep(sleeping));
  plugbroker_client_options options = plugbroker_client_options_default();
  options.pipe_name = server.name().c_str();
  options.trusted_owners = "current_user";
  plugbroker_client* client = nullptr;
  ASSERT_EQ(plugbroker_client_create(&options, &client), PLUGBROKER_OK);
  ASSERT_EQ(plugbroker_call(client, "echo", "x", 1, nullptr, nullptr), PLUGBROKER_OK);
  plugbroker_status slept = PLUGBROKER_UNKNOWN;
  std::thread caller([&] { slept = plugbroker_call(client, "sleep", "x", 1, nullptr, nullptr); });
  sleeping.acquire();

  plugbroker_client_destroy(client);
  caller.join();

  EXPECT_EQ(slept, PLUGBROKER_CANCELLED);
}

TEST(Lead, NoticesALostConnectionAndTheNextCallGetsANewOne) {
  PipeServer server([](ServerConnection& connection) {
    connection.accept();
    const auto first = connection.read();
    connection.write(connection.frames().reply(first->header.stream_id, "once"));
    connection.read();
  });
  const auto client = client_of(server.name());
  ASSERT_TRUE(client.call("echo", "x").ok());

  const auto lost = client.call("echo", "x");
  const auto next = client.call("echo", "x");

  EXPECT_EQ(lost.error().status, PLUGBROKER_UNAVAILABLE);
  EXPECT_TRUE(next.ok());
  EXPECT_EQ(server.connections(), 2);
}

}  // namespace
}  // namespace plugbroker::client
