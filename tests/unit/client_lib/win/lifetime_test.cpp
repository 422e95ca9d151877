// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <functional>

#include "tests/unit/client_lib/win/handle_count.h"
#include "tests/unit/client_lib/win/test_client.h"

namespace plugbroker::client {
namespace {

using Cycle = std::function<void(const std::string& pipe, int number)>;

/// Runs `cycle` against a server that is gone afterwards, with all its threads and handles.
void run_cycles(int count, const Cycle& cycle) {
  PipeServer server(echo);
  for (int i = 0; i < count; ++i) cycle(server.name(), i);
}

/// How many handles more the process has after 200 times `cycle`. Ten times before that warm everything up.
std::ptrdiff_t growth(const Cycle& cycle) {
  run_cycles(10, cycle);
  const std::size_t before = open_handles();
  run_cycles(200, cycle);
  return static_cast<std::ptrdiff_t>(open_handles()) - static_cast<std::ptrdiff_t>(before);
}

TEST(Lifetime, CreatingCallingAndDestroyingTwoHundredTimesLeavesNoHandle) {
  int replies = 0;

  const auto grown =
      growth([&](const std::string& pipe, int) { replies += client_of(pipe).call("echo", "x").ok() ? 1 : 0; });

  EXPECT_EQ(replies, 210);
  EXPECT_EQ(grown, 0);
}

TEST(Lifetime, TheSameCountFindsOneClientThatIsLeaked) {
  plugbroker_client* leaked = nullptr;

  const auto grown = growth([&](const std::string& pipe, int number) {
    if (number == 100) plugbroker_client_create(nullptr, &leaked);
    ASSERT_TRUE(client_of(pipe).call("echo", "x").ok());
  });

  EXPECT_GT(grown, 0);
  plugbroker_client_destroy(leaked);
}

TEST(Lifetime, TheSameCountFindsOneHandleThatIsLeaked) {
  UniqueHandle leaked;

  const auto grown = growth([&](const std::string& pipe, int number) {
    if (number == 100) leaked.reset(CreateEventW(nullptr, TRUE, FALSE, nullptr));
    ASSERT_TRUE(client_of(pipe).call("echo", "x").ok());
  });

  EXPECT_EQ(grown, 1);
}

TEST(Lifetime, AClientThatWasNeverUsedIsDestroyedAtOnce) {
  for (int i = 0; i < 50; ++i) {
    plugbroker_client* client = nullptr;
    ASSERT_EQ(plugbroker_client_create(nullptr, &client), PLUGBROKER_OK);
    ASSERT_EQ(plugbroker_client_destroy(client), PLUGBROKER_OK);
  }
}

}  // namespace
}  // namespace plugbroker::client
