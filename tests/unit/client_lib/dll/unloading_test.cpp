// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <windows.h>

#include <psapi.h>

#include <algorithm>

#include "tests/unit/client_lib/dll/failing_imports.h"
#include "tests/unit/client_lib/win/handle_count.h"
#include "tests/unit/client_lib/win/pipe_server.h"
#include "tests/unit/client_lib/win/signal_count.h"

namespace plugbroker::client {
namespace {

struct Growth {
  std::ptrdiff_t handles = 0;
  std::ptrdiff_t bytes = 0;
};

std::ptrdiff_t private_bytes() {
  PROCESS_MEMORY_COUNTERS counters{};
  K32GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof counters);
  return static_cast<std::ptrdiff_t>(counters.PagefileUsage);
}

/// What the process has more after 200 times `cycle`; 20 times before that warm everything up.
template <typename Cycle>
Growth growth(Cycle&& cycle) {
  for (int i = 0; i < 20; ++i) cycle();
  const auto handles = static_cast<std::ptrdiff_t>(open_handles());
  const std::ptrdiff_t bytes = private_bytes();
  for (int i = 0; i < 200; ++i) cycle();
  return {static_cast<std::ptrdiff_t>(open_handles()) - handles, private_bytes() - bytes};
}

void load_and_unload(const wchar_t* name) {
  HMODULE module = LoadLibraryW(name);
  ASSERT_NE(module, nullptr);
  FreeLibrary(module);
}

/// For a heap that grows in steps.
constexpr std::ptrdiff_t one_step = 128 * 1024;

TEST(Unloading, TwoHundredTimesGrowsNoMoreThanAnEmptyLibraryOfTheSameMake) {
  const Growth control = growth([] { load_and_unload(L"control_library.dll"); });

  const Growth own = growth([] { const LoadedLibrary library; });

  EXPECT_FALSE(LoadedLibrary::is_loaded());
  EXPECT_LE(own.handles, control.handles);
  EXPECT_LE(own.bytes, std::max<std::ptrdiff_t>(control.bytes, 0) + one_step);
}

TEST(Unloading, TwoHundredTimesWithAClientThatCalledGrowsNoMoreThanThat) {
  PipeServer server(echo);
  {
    LoadedLibrary warm_up;
    plugbroker_client* client = warm_up.client_of(server.name());
    ASSERT_TRUE(call_works(warm_up, client));
    warm_up.client_destroy(client);
  }
  server.wait_until_idle();
  const auto cycle = [&] {
    const LoadedLibrary library;
    plugbroker_client* client = library.client_of(server.name());
    EXPECT_TRUE(call_works(library, client));
    library.client_destroy(client);
    server.wait_until_idle();
  };

  const Growth control = growth([] { load_and_unload(L"control_library.dll"); });
  const Growth own = growth(cycle);

  EXPECT_FALSE(LoadedLibrary::is_loaded());
  EXPECT_LE(own.handles, control.handles);
  EXPECT_LE(own.bytes, std::max<std::ptrdiff_t>(control.bytes, 0) + one_step);
}

TEST(Unloading, TheSameCountFindsALibraryThatKeepsSomething) {
  const Growth control = growth([] { load_and_unload(L"control_library.dll"); });

  const Growth leaking = growth([] { load_and_unload(L"leaking_library.dll"); });

  EXPECT_GT(leaking.handles, control.handles);
  EXPECT_GT(leaking.bytes, std::max<std::ptrdiff_t>(control.bytes, 0) + one_step);
}

TEST(Unloading, WhileACallRunsLetsItFinishAndKeepsTheLibraryUntilItsClientIsDestroyed) {
  SignalCount requests;
  SignalCount go_on;
  PipeServer server([&](ServerConnection& connection) {
    connection.accept();
    connection.read();
    requests.release();
    go_on.acquire();
    connection.write(connection.frames().reply(1, "late"));
    connection.read_to_the_end();
  });
  LoadedLibrary library;
  plugbroker_client* client = library.client_of(server.name());
  plugbroker_status status = PLUGBROKER_UNKNOWN;
  {
    const ServerThread caller([&] { status = library.call(client, "sleep", "x", 1, nullptr, nullptr); });
    requests.acquire();
    library.unload();
    go_on.release();
  }
  const bool loaded_after_the_call = LoadedLibrary::is_loaded();
  {
    const LoadedLibrary again;
    EXPECT_EQ(again.client_destroy(client), PLUGBROKER_OK);
  }

  EXPECT_EQ(status, PLUGBROKER_OK);
  EXPECT_TRUE(loaded_after_the_call);
  EXPECT_FALSE(LoadedLibrary::is_loaded());
}

}  // namespace
}  // namespace plugbroker::client
