// SPDX-License-Identifier: Apache-2.0
// What a call takes of the heap, counted at the shipped library's own imports.
#include <gtest/gtest.h>

#include <functional>

#include "tests/unit/client_lib/dll/failing_imports.h"
#include "tests/unit/client_lib/win/pipe_server.h"

namespace plugbroker::client {
namespace {

/// Requests for memory in 500 calls of `size` bytes, each followed by `extra`; 300 calls before that, enough
/// for the first WINDOW, warm it up.
long requests_in_500_calls(std::size_t size, const std::function<void(LoadedLibrary&)>& extra) {
  PipeServer server(echo);
  LoadedLibrary library;
  memory_requests::watch(library);
  plugbroker_client* client = library.client_of(server.name());
  const std::string request(size, 'x');
  const auto call = [&] {
    plugbroker_reply* reply = nullptr;
    EXPECT_EQ(library.call(client, "echo", request.data(), request.size(), nullptr, &reply), PLUGBROKER_OK);
    EXPECT_EQ(library.reply_size(reply), size);
    library.reply_free(reply);
    extra(library);
  };
  for (int i = 0; i < 300; ++i) call();
  const long before = memory_requests::count();
  for (int i = 0; i < 500; ++i) call();
  const long after = memory_requests::count();
  library.client_destroy(client);
  return after - before;
}

TEST(Memory, ACallOfUpToFourKibibytesTakesNothingOfTheHeap) {
  EXPECT_EQ(requests_in_500_calls(0, [](LoadedLibrary&) {}), 0);
  EXPECT_EQ(requests_in_500_calls(64, [](LoadedLibrary&) {}), 0);
  EXPECT_EQ(requests_in_500_calls(4096, [](LoadedLibrary&) {}), 0);
}

TEST(Memory, TheSameCountFindsOneRequestForEachCall) {
  const auto one_more = [](LoadedLibrary& library) {
    plugbroker_cancellation* cancellation = nullptr;
    library.cancellation_create(&cancellation);
    library.cancellation_destroy(cancellation);
  };

  EXPECT_GE(requests_in_500_calls(64, one_more), 500);
}

}  // namespace
}  // namespace plugbroker::client
