// SPDX-License-Identifier: Apache-2.0
// A host that uses the library while its own thread has the loader lock, as in a DllMain: no new thread can begin, and
// none can end.
#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/unit/client_lib/dll/failing_imports.h"
#include "tests/unit/client_lib/win/pipe_server.h"

namespace plugbroker::client {
namespace {

template <typename Function>
Function of_ntdll(const char* name) {
  return reinterpret_cast<Function>(reinterpret_cast<void*>(GetProcAddress(GetModuleHandleW(L"ntdll.dll"), name)));
}

/// This thread has the loader lock as long as this lives.
class LoaderLock {
 public:
  LoaderLock() {
    const auto lock = of_ntdll<LONG(WINAPI*)(ULONG, ULONG*, ULONG_PTR*)>("LdrLockLoaderLock");
    if (lock(0, nullptr, &cookie_) != 0) throw std::runtime_error("LdrLockLoaderLock failed");
  }
  ~LoaderLock() { of_ntdll<LONG(WINAPI*)(ULONG, ULONG_PTR)>("LdrUnlockLoaderLock")(0, cookie_); }
  LoaderLock(const LoaderLock&) = delete;
  LoaderLock& operator=(const LoaderLock&) = delete;

 private:
  ULONG_PTR cookie_ = 0;
};

plugbroker_call_options within(std::int64_t microseconds) {
  plugbroker_call_options options = plugbroker_call_options_default();
  options.deadline_us = microseconds;
  return options;
}

TEST(LoaderLockHeld, DoesNotKeepAClientFromBeingMadeUsedAndDestroyed) {
  PipeServer server(echo);
  const LoadedLibrary library;
  plugbroker_client* client = nullptr;
  plugbroker_status called = PLUGBROKER_UNKNOWN;
  plugbroker_status destroyed = PLUGBROKER_UNKNOWN;
  const auto options = within(100'000);
  {
    const LoaderLock lock;
    client = library.client_of(server.name());
    called = library.call(client, "echo", "x", 1, &options, nullptr);
    destroyed = library.client_destroy(client);
  }

  EXPECT_NE(client, nullptr);
  EXPECT_EQ(called, PLUGBROKER_DEADLINE_EXCEEDED) << "its thread cannot begin";
  EXPECT_EQ(destroyed, PLUGBROKER_OK);
}

TEST(LoaderLockHeld, DoesNotKeepARunningClientFromCallingOrFromBeingDestroyed) {
  PipeServer server(echo);
  const LoadedLibrary library;
  plugbroker_client* client = library.client_of(server.name());
  ASSERT_TRUE(call_works(library, client));
  bool called = false;
  plugbroker_status destroyed = PLUGBROKER_UNKNOWN;
  {
    const LoaderLock lock;
    called = call_works(library, client);
    destroyed = library.client_destroy(client);
  }

  EXPECT_TRUE(called);
  EXPECT_EQ(destroyed, PLUGBROKER_OK);
}

struct Told {
  const LoadedLibrary& library;
  plugbroker_status status = PLUGBROKER_UNKNOWN;

  static void __cdecl take(void* self, plugbroker_status status, plugbroker_reply* reply) {
    static_cast<Told*>(self)->status = status;
    static_cast<Told*>(self)->library.reply_free(reply);
  }
};

TEST(LoaderLockHeld, DoesNotKeepTheCallbacksOfAClientFromComingWhoseThreadNeverBegan) {
  PipeServer server(echo);
  const LoadedLibrary library;
  Told told{library};
  {
    const LoaderLock lock;
    plugbroker_client* client = library.client_of(server.name());
    ASSERT_EQ(library.call_start(client, "echo", "x", 1, nullptr, Told::take, &told, nullptr), PLUGBROKER_OK);
    library.client_destroy(client);
  }

  EXPECT_EQ(told.status, PLUGBROKER_CANCELLED);
}

}  // namespace
}  // namespace plugbroker::client
