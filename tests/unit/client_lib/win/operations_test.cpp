// SPDX-License-Identifier: Apache-2.0
// Calls that nobody waits for: callback, event, handle.
#include <gtest/gtest.h>

#include "tests/unit/client_lib/win/handle_count.h"
#include "tests/unit/client_lib/win/test_client.h"

namespace plugbroker::client {
namespace {

/// Collects the ends of calls.
struct Ends {
  SignalCount count;
  std::atomic<int> replies = 0;
  plugbroker_status status = PLUGBROKER_UNKNOWN;
  std::string data;
  DWORD thread = 0;

  static void __cdecl take(void* self, plugbroker_status status, plugbroker_reply* reply) {
    auto& ends = *static_cast<Ends*>(self);
    ends.status = status;
    const auto* data = static_cast<const char*>(plugbroker_reply_data(reply));
    if (data != nullptr) ends.data.assign(data, plugbroker_reply_size(reply));
    ends.thread = GetCurrentThreadId();
    plugbroker_reply_free(reply);
    ++ends.replies;
    ends.count.release();
  }
};

plugbroker_client* raw_client(const PipeServer& server) {
  plugbroker_client_options options = plugbroker_client_options_default();
  options.pipe_name = server.name().c_str();
  options.trusted_owners = "current_user";
  options.max_pending_bytes = 1000;
  plugbroker_client* client = nullptr;
  plugbroker_client_create(&options, &client);
  return client;
}

TEST(Operations, TellTheReplyByACallbackOnTheLibrarysThread) {
  PipeServer server(echo);
  const auto client = client_of(server.name());
  Ends ends;

  const plugbroker_status started =
      plugbroker_call_start(client.get(), "echo", "hello", 5, nullptr, Ends::take, &ends, nullptr);
  ends.count.acquire();

  EXPECT_EQ(started, PLUGBROKER_OK);
  EXPECT_EQ(ends.status, PLUGBROKER_OK);
  EXPECT_EQ(ends.data, "hello");
  EXPECT_NE(ends.thread, GetCurrentThreadId());
}

TEST(Operations, CopyTheRequest) {
  PipeServer server(echo);
  const auto client = client_of(server.name());
  Ends ends;
  {
    std::string route = "echo";
    std::string request = "gone before it is sent";
    plugbroker_call_start(client.get(), route.c_str(), request.data(), request.size(), nullptr, Ends::take, &ends,
                          nullptr);
    std::fill(route.begin(), route.end(), '!');
    std::fill(request.begin(), request.end(), '!');
  }
  ends.count.acquire();

  EXPECT_EQ(ends.data, "gone before it is sent");
}

TEST(Operations, SignalTheirEventAndKeepTheReply) {
  PipeServer server(echo);
  const auto client = client_of(server.name());

  const auto operation = client.start("echo", "hello").value();
  const DWORD waited = WaitForSingleObject(operation.event(), INFINITE);
  const auto reply = operation.result();
  const auto again = operation.result();

  EXPECT_EQ(waited, WAIT_OBJECT_0);
  ASSERT_TRUE(reply.ok());
  EXPECT_EQ(reply->text(), "hello");
  EXPECT_EQ(again.error().status, PLUGBROKER_FAILED_PRECONDITION);
  EXPECT_EQ(WaitForSingleObject(operation.event(), 0), WAIT_OBJECT_0);
}

TEST(Operations, SayThatTheyStillRun) {
  PipeServer server(never_answer);
  const auto client = client_of(server.name());
  const auto operation = client.start("sleep", "x").value();

  EXPECT_FALSE(operation.wait(1ms));
  EXPECT_EQ(operation.result().error().status, PLUGBROKER_FAILED_PRECONDITION);
  EXPECT_EQ(WaitForSingleObject(operation.event(), 0), DWORD{WAIT_TIMEOUT});
}

TEST(Operations, EndAtTheirDeadlineByThemselves) {
  PipeServer server(never_answer);
  const auto client = client_of(server.name());

  const auto operation = client.start("sleep", "x", within(50ms)).value();

  EXPECT_TRUE(operation.wait(30s));
  EXPECT_EQ(operation.result().error().status, PLUGBROKER_DEADLINE_EXCEEDED);
}

TEST(Operations, AreCancelledByTheirHandleAndByACancellation) {
  PipeServer server(never_answer);
  const auto client = client_of(server.name());
  const auto cancellation = v1::Cancellation::create().value();
  v1::CallOptions options;
  options.cancellation = &cancellation;
  const auto first = client.start("sleep", "x").value();
  const auto second = client.start("sleep", "x", options).value();

  first.cancel();
  cancellation.cancel();

  EXPECT_EQ(first.result().error().status, PLUGBROKER_CANCELLED);
  EXPECT_EQ(second.result().error().status, PLUGBROKER_CANCELLED);
}

TEST(Operations, GetTheirCallbackWhenTheirHandleIsDestroyedWhileTheyRun) {
  PipeServer server(never_answer);
  const auto client = client_of(server.name());
  Ends ends;
  plugbroker_operation* operation = nullptr;
  plugbroker_call_start(client.get(), "sleep", "x", 1, nullptr, Ends::take, &ends, &operation);

  plugbroker_operation_destroy(operation);
  ends.count.acquire();

  EXPECT_EQ(ends.status, PLUGBROKER_CANCELLED);
}

TEST(Operations, GetTheirCallbackBeforeTheDestructionOfTheirClientReturns) {
  PipeServer server(never_answer);
  plugbroker_client* client = raw_client(server);
  Ends ends;
  for (int i = 0; i < 8; ++i) {
    ASSERT_EQ(plugbroker_call_start(client, "sleep", "x", 1, nullptr, Ends::take, &ends, nullptr), PLUGBROKER_OK);
  }

  plugbroker_client_destroy(client);

  EXPECT_EQ(ends.replies, 8);
  EXPECT_EQ(ends.status, PLUGBROKER_CANCELLED);
}

TEST(Operations, CanBeAskedAfterTheirClientIsGone) {
  PipeServer server(never_answer);
  plugbroker_client* client = raw_client(server);
  plugbroker_operation* operation = nullptr;
  ASSERT_EQ(plugbroker_call_start(client, "sleep", "x", 1, nullptr, nullptr, nullptr, &operation), PLUGBROKER_OK);
  plugbroker_client_destroy(client);
  plugbroker_reply* reply = nullptr;

  EXPECT_EQ(plugbroker_operation_wait(operation, 0), PLUGBROKER_OK);
  EXPECT_EQ(plugbroker_operation_result(operation, &reply), PLUGBROKER_CANCELLED);
  plugbroker_operation_destroy(operation);
  plugbroker_reply_free(reply);
}

TEST(Operations, AreRefusedAboveTheBoundOfWhatIsPending) {
  PipeServer server(never_answer);
  plugbroker_client* client = raw_client(server);
  const std::string most(1000, 'x');
  plugbroker_operation* first = nullptr;
  plugbroker_operation* second = nullptr;
  plugbroker_operation* third = nullptr;

  const auto at_bound = plugbroker_call_start(client, "a", most.data(), 1000, nullptr, nullptr, nullptr, &first);
  const auto above = plugbroker_call_start(client, "a", most.data(), 1, nullptr, nullptr, nullptr, &second);
  plugbroker_operation_cancel(first);
  const auto later = plugbroker_call_start(client, "a", most.data(), 1000, nullptr, nullptr, nullptr, &third);

  EXPECT_EQ(at_bound, PLUGBROKER_OK);
  EXPECT_EQ(above, PLUGBROKER_RESOURCE_EXHAUSTED);
  EXPECT_EQ(second, nullptr);
  EXPECT_EQ(later, PLUGBROKER_OK);
  plugbroker_operation_destroy(first);
  plugbroker_operation_destroy(third);
  plugbroker_client_destroy(client);
}

/// Starts the next call inside the callback of the one before, and destroys that one's handle there.
struct Chain {
  plugbroker_client* client = nullptr;
  plugbroker_operation* current = nullptr;
  int left = 100;
  plugbroker_status blocking = PLUGBROKER_UNKNOWN;
  SignalCount done;

  static void __cdecl next(void* self, plugbroker_status, plugbroker_reply* reply) {
    auto& chain = *static_cast<Chain*>(self);
    plugbroker_reply_free(reply);
    chain.blocking = plugbroker_operation_wait(chain.current, 0);
    plugbroker_operation_destroy(chain.current);
    chain.current = nullptr;
    if (--chain.left == 0) {
      chain.done.release();
    } else {
      chain.start();
    }
  }
  void start() { plugbroker_call_start(client, "echo", "x", 1, nullptr, next, this, &current); }
};

TEST(Operations, MayBeStartedAndDestroyedInsideACallbackButNotWaitedFor) {
  static PipeServer::Script hold = echo;
  PipeServer server(hold);
  const auto client = client_of(server.name());
  Chain chain;
  chain.client = client.get();
  // The first is started where callbacks run, so that `current` is set before its callback comes.
  Ends ends;
  struct Starter {
    static void __cdecl run(void* self, plugbroker_status, plugbroker_reply* reply) {
      plugbroker_reply_free(reply);
      static_cast<Chain*>(self)->start();
    }
  };
  plugbroker_call_start(client.get(), "echo", "x", 1, nullptr, Starter::run, &chain, nullptr);

  chain.done.acquire();

  EXPECT_EQ(chain.left, 0);
  EXPECT_EQ(chain.blocking, PLUGBROKER_FAILED_PRECONDITION);
}

TEST(Operations, SayWhatIsWrongWithTheirArguments) {
  PipeServer server(echo);
  const auto client = client_of(server.name());
  plugbroker_operation* operation = nullptr;

  EXPECT_EQ(plugbroker_call_start(nullptr, "a", nullptr, 0, nullptr, nullptr, nullptr, &operation),
            PLUGBROKER_INVALID_ARGUMENT);
  EXPECT_EQ(plugbroker_call_start(client.get(), nullptr, nullptr, 0, nullptr, nullptr, nullptr, &operation),
            PLUGBROKER_INVALID_ARGUMENT);
  EXPECT_EQ(plugbroker_call_start(client.get(), "a", nullptr, 1, nullptr, nullptr, nullptr, &operation),
            PLUGBROKER_INVALID_ARGUMENT);
  EXPECT_EQ(plugbroker_call_start(client.get(), "a", nullptr, 0, nullptr, nullptr, nullptr, nullptr),
            PLUGBROKER_INVALID_ARGUMENT);
}

TEST(Operations, LeaveNoHandleBehind) {
  const auto cycle = [](int count) {
    PipeServer server(echo);
    for (int i = 0; i < count; ++i) {
      const auto client = client_of(server.name());
      const auto operation = client.start("echo", "x").value();
      WaitForSingleObject(operation.event(), INFINITE);
    }
  };
  cycle(5);
  const std::size_t before = open_handles();

  cycle(50);

  EXPECT_EQ(open_handles(), before);
}

}  // namespace
}  // namespace plugbroker::client
