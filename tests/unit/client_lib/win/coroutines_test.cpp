// SPDX-License-Identifier: Apache-2.0
// co_await of calls, with nothing but a coroutine of the test's own.
#include <gtest/gtest.h>

#include <exception>

#include "tests/unit/client_lib/win/test_client.h"

namespace plugbroker::client {
namespace {

/// A coroutine that runs by itself and frees itself at its end.
struct Detached {
  struct promise_type {
    Detached get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
  };
};

struct Seen {
  SignalCount done;
  std::vector<std::string> replies;
  std::vector<plugbroker_status> statuses;
  plugbroker_status blocking = PLUGBROKER_UNKNOWN;
};

Detached call_three_times(const v1::Client& client, Seen& seen) {
  for (const std::string_view request : {"one", "two", "three"}) {
    auto reply = co_await client.call_async("echo", request);
    seen.replies.emplace_back(reply.ok() ? reply->text() : "failed");
  }
  seen.blocking = client.call("echo", "x").error().status;
  seen.done.release();
}

Detached call_to(const v1::Client& client, std::string route, v1::CallOptions options, Seen& seen) {
  const auto reply = co_await client.call_async(route, "x", options);
  seen.statuses.push_back(reply.ok() ? PLUGBROKER_OK : reply.error().status);
  seen.done.release();
}

TEST(Coroutines, AwaitOneCallAfterTheOther) {
  PipeServer server(echo);
  const auto client = client_of(server.name());
  Seen seen;

  call_three_times(client, seen);
  seen.done.acquire();

  EXPECT_EQ(seen.replies, (std::vector<std::string>{"one", "two", "three"}));
  EXPECT_EQ(seen.blocking, PLUGBROKER_FAILED_PRECONDITION) << "they go on on the library's thread";
}

TEST(Coroutines, GetAnErrorAtOnceWhenTheCallCannotBeStarted) {
  PipeServer server(echo);
  const auto client = client_of(server.name());
  v1::CallOptions wrong;
  wrong.traceparent = "nonsense";
  Seen seen;

  call_to(client, "echo", wrong, seen);

  EXPECT_EQ(seen.statuses, (std::vector<plugbroker_status>{PLUGBROKER_INVALID_ARGUMENT}));
}

TEST(Coroutines, GoOnWhenTheirCallIsCancelledOrTheirClientDestroyed) {
  PipeServer server(never_answer);
  const auto cancellation = v1::Cancellation::create().value();
  v1::CallOptions options;
  options.cancellation = &cancellation;
  Seen seen;
  {
    const auto client = client_of(server.name());
    call_to(client, "sleep", options, seen);
    cancellation.cancel();
    seen.done.acquire();
    call_to(client, "sleep", {}, seen);
  }
  seen.done.acquire();

  EXPECT_EQ(seen.statuses, (std::vector<plugbroker_status>{PLUGBROKER_CANCELLED, PLUGBROKER_CANCELLED}));
}

}  // namespace
}  // namespace plugbroker::client
