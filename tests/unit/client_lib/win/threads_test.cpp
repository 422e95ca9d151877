// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/client_lib/win/test_client.h"

namespace plugbroker::client {
namespace {

/// Accepts, answers nothing, and releases `requests` for each call.
PipeServer::Script count_requests(SignalCount& requests) {
  return [&requests](ServerConnection& connection) {
    connection.accept();
    while (const auto frame = connection.read()) {
      if (frame->header.type == protocol::FrameType::request) requests.release();
    }
  };
}

TEST(Threads, SixtyFourCallOnOneClientAndEachGetsItsOwnReply) {
  PipeServer server(echo);
  const auto client = client_of(server.name());
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 64; ++thread) {
    threads.emplace_back([&, thread] {
      for (int call = 0; call < 50; ++call) {
        const std::string request = std::to_string(thread) + ":" + std::to_string(call);
        const auto reply = client.call("echo", request);
        if (reply.ok() && reply->text() == request) ++right;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_EQ(right, 64 * 50);
  EXPECT_EQ(server.connections(), 1);
}

TEST(Threads, CancelACallOfAnotherThread) {
  SignalCount requests;
  PipeServer server(count_requests(requests));
  const auto client = client_of(server.name());
  const auto cancellation = v1::Cancellation::create().value();
  v1::CallOptions options;
  options.cancellation = &cancellation;

  v1::Error error;
  std::thread caller([&] { error = client.call("sleep", "x", options).error(); });
  requests.acquire();
  cancellation.cancel();
  caller.join();

  EXPECT_EQ(error.status, PLUGBROKER_CANCELLED);
  EXPECT_TRUE(error.worker_received);
}

TEST(Threads, CancelManyCallsWithOneHandle) {
  SignalCount requests;
  PipeServer server(count_requests(requests));
  const auto client = client_of(server.name());
  const auto cancellation = v1::Cancellation::create().value();
  v1::CallOptions options;
  options.cancellation = &cancellation;
  std::atomic<int> cancelled = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back(
        [&] { cancelled += client.call("sleep", "x", options).error().status == PLUGBROKER_CANCELLED; });
  }
  for (int i = 0; i < 16; ++i) requests.acquire();

  cancellation.cancel();
  for (std::thread& thread : threads) thread.join();

  EXPECT_EQ(cancelled, 16);
}

TEST(Threads, GetCancelledAtOnceWithAHandleThatWasCancelledBefore) {
  PipeServer server(never_answer);
  const auto client = client_of(server.name());
  const auto cancellation = v1::Cancellation::create().value();
  v1::CallOptions options;
  options.cancellation = &cancellation;

  cancellation.cancel();

  EXPECT_EQ(client.call("sleep", "x", options).error().status, PLUGBROKER_CANCELLED);
}

TEST(Threads, GetTheirCallsCancelledWhenTheClientIsDestroyed) {
  SignalCount requests;
  PipeServer server(count_requests(requests));
  plugbroker_client_options options = plugbroker_client_options_default();
  options.pipe_name = server.name().c_str();
  options.trusted_owners = "current_user";
  plugbroker_client* client = nullptr;
  ASSERT_EQ(plugbroker_client_create(&options, &client), PLUGBROKER_OK);
  std::atomic<int> cancelled = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back(
        [&] { cancelled += plugbroker_call(client, "sleep", "x", 1, nullptr, nullptr) == PLUGBROKER_CANCELLED; });
  }
  for (int i = 0; i < 8; ++i) requests.acquire();

  EXPECT_EQ(plugbroker_client_destroy(client), PLUGBROKER_OK);
  for (std::thread& thread : threads) thread.join();

  EXPECT_EQ(cancelled, 8);
}

}  // namespace
}  // namespace plugbroker::client
