// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/client_lib/dll/failing_imports.h"
#include "tests/unit/client_lib/win/pipe_server.h"

namespace plugbroker::client {
namespace {

constexpr long more_than_there_are = 5000;

TEST(NoMemory, GivesAStatusWhicheverRequestFails) {
  PipeServer server(echo);
  LoadedLibrary library;
  memory_requests::watch(library);
  ASSERT_TRUE(use_everything(library, server.name()));

  long places = 0;
  bool failed = true;
  for (long n = 1; failed && n < more_than_there_are; ++n) {
    memory_requests::fail_nth(n);
    const bool went_well = use_everything(library, server.name());
    failed = memory_requests::failed();
    places += failed ? 1 : 0;
    ASSERT_TRUE(went_well || failed) << "request " << n;
  }

  EXPECT_FALSE(failed);
  memory_requests::fail_nth(0);
  EXPECT_GT(places, 30);
  EXPECT_TRUE(use_everything(library, server.name()));
}

TEST(NoMemory, LeavesTheClientUsable) {
  PipeServer server(echo);
  LoadedLibrary library;
  memory_requests::watch(library);
  plugbroker_client* client = library.client_of(server.name());
  const std::string large(300'000, 'x');

  bool failed = true;
  for (long n = 1; failed && n < more_than_there_are; ++n) {
    memory_requests::fail_nth(n);
    library.call(client, "echo", large.data(), large.size(), nullptr, nullptr);
    failed = memory_requests::failed();
    memory_requests::fail_nth(0);
    ASSERT_TRUE(call_works(library, client)) << "after request " << n << " failed";
  }

  EXPECT_FALSE(failed);
  library.client_destroy(client);
}

}  // namespace
}  // namespace plugbroker::client
