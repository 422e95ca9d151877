// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/client_lib/dll/failing_imports.h"
#include "tests/unit/client_lib/win/handle_count.h"
#include "tests/unit/client_lib/win/pipe_server.h"

namespace plugbroker::client {
namespace {

/// Fails the first, then the second call of the function, and so on, until there is none that could fail. Returns how
/// many could.
long fail_each_call(const LoadedLibrary& library, const std::string& pipe, const std::string& name) {
  long failures = 0;
  bool failed = true;
  for (long n = 1; failed && n < 1000; ++n) {
    system_calls::fail_nth(name, n);
    const bool went_well = use_everything(library, pipe);
    failed = system_calls::failed();
    failures += failed ? 1 : 0;
    EXPECT_TRUE(went_well || failed) << name << ", call " << n;
  }
  EXPECT_FALSE(failed) << name;
  system_calls::fail_nth(name, 0);
  return failures;
}

/// The open handles once they are at most `expected`, or after 10 s: Windows' own RPC, which tells the state of a
/// service, closes its handles a little later.
std::size_t handles_down_to(std::size_t expected) {
  for (int i = 0; i < 1000 && open_handles() > expected; ++i) WaitForSingleObject(GetCurrentProcess(), 10);
  return open_handles();
}

TEST(SystemCalls, GiveAStatusWhicheverFailsAndLeaveNoHandle) {
  LoadedLibrary library;
  const std::vector<std::string> names = system_calls::watch(library);
  {
    PipeServer warm_up(echo);
    ASSERT_TRUE(use_everything(library, warm_up.name()));
  }
  const std::size_t handles = open_handles();
  long failures = 0;
  {
    PipeServer server(echo);
    for (const std::string& name : names) failures += fail_each_call(library, server.name(), name);
    EXPECT_TRUE(use_everything(library, server.name()));
  }

  EXPECT_LE(handles_down_to(handles), handles);
  EXPECT_GT(failures, 2 * static_cast<long>(names.size()));
}

}  // namespace
}  // namespace plugbroker::client
