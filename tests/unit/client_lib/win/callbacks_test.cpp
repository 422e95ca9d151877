// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/client_lib/win/test_client.h"

namespace plugbroker::client {
namespace {

/// What a callback got back from what it must not do.
struct Attempts {
  plugbroker_client* client = nullptr;
  plugbroker_status call = PLUGBROKER_UNKNOWN;
  plugbroker_status wait = PLUGBROKER_UNKNOWN;
  plugbroker_status destroy = PLUGBROKER_UNKNOWN;
  SignalCount done;

  static void __cdecl attempt(void* self, std::int32_t, const char*) {
    auto& attempts = *static_cast<Attempts*>(self);
    attempts.call = plugbroker_call(attempts.client, "echo", nullptr, 0, nullptr, nullptr);
    attempts.wait = plugbroker_client_wait_for_ready(attempts.client, 1000, nullptr);
    attempts.destroy = plugbroker_client_destroy(attempts.client);
    attempts.done.release();
  }
};

TEST(Callbacks, MayNeitherCallNorWaitNorDestroy) {
  PipeServer server(echo);
  Attempts attempts;
  plugbroker_client_options options = plugbroker_client_options_default();
  options.pipe_name = server.name().c_str();
  options.trusted_owners = "current_user";
  options.log = Attempts::attempt;
  options.log_context = &attempts;
  ASSERT_EQ(plugbroker_client_create(&options, &attempts.client), PLUGBROKER_OK);

  const plugbroker_status outside = plugbroker_call(attempts.client, "echo", "x", 1, nullptr, nullptr);
  attempts.done.acquire();

  EXPECT_EQ(outside, PLUGBROKER_OK);
  EXPECT_EQ(plugbroker_client_destroy(attempts.client), PLUGBROKER_OK);
  EXPECT_EQ(attempts.call, PLUGBROKER_FAILED_PRECONDITION);
  EXPECT_EQ(attempts.wait, PLUGBROKER_FAILED_PRECONDITION);
  EXPECT_EQ(attempts.destroy, PLUGBROKER_FAILED_PRECONDITION);
}

TEST(Callbacks, ThatHangDoNotKeepACallBeyondItsDeadline) {
  SignalCount hang;
  PipeServer server(echo);
  auto options = options_for(server.name());
  options.log = [](void* context, std::int32_t, const char*) { static_cast<SignalCount*>(context)->acquire(); };
  options.log_context = &hang;
  const auto client = v1::Client::create(options).value();

  const auto reply = client.call("echo", "x", within(100ms));
  hang.release(100);

  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().status, PLUGBROKER_DEADLINE_EXCEEDED);
}

}  // namespace
}  // namespace plugbroker::client
