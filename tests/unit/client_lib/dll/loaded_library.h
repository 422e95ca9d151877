// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <string>

#include "plugbroker/plugbroker.h"

namespace plugbroker::client {

/// plugbroker.dll, loaded from the test's own folder; unloaded at the end.
class LoadedLibrary {
 public:
  LoadedLibrary();
  LoadedLibrary(const LoadedLibrary&) = delete;
  LoadedLibrary& operator=(const LoadedLibrary&) = delete;
  ~LoadedLibrary() { unload(); }

  /// Gives up the host's reference. The functions below may be called as long as the library keeps itself loaded.
  void unload() noexcept;
  [[nodiscard]] static bool is_loaded() noexcept { return GetModuleHandleW(L"plugbroker.dll") != nullptr; }

  /// Lets the library's calls of an imported function come to `replacement`. Returns the function itself; throws when
  /// the library doesn't import it.
  template <typename Function>
  Function replace_import(const char* name, Function replacement) {
    return reinterpret_cast<Function>(replace(name, reinterpret_cast<void*>(replacement)));
  }

  /// A client of `pipe` that trusts this user's pipes. Null when there is none to be had.
  [[nodiscard]] plugbroker_client* client_of(const std::string& pipe) const;

#define PLUGBROKER_TEST_FUNCTION(name) \
  decltype(&::plugbroker_##name) name = function<decltype(&::plugbroker_##name)>("plugbroker_" #name)

 private:
  HMODULE module_;
  template <typename Function>
  Function function(const char* name) const {
    return reinterpret_cast<Function>(reinterpret_cast<void*>(GetProcAddress(module_, name)));
  }
  void* replace(const char* name, void* replacement);

 public:
  PLUGBROKER_TEST_FUNCTION(client_create);
  PLUGBROKER_TEST_FUNCTION(client_destroy);
  PLUGBROKER_TEST_FUNCTION(client_wait_for_ready);
  PLUGBROKER_TEST_FUNCTION(call);
  PLUGBROKER_TEST_FUNCTION(call_start);
  PLUGBROKER_TEST_FUNCTION(operation_wait);
  PLUGBROKER_TEST_FUNCTION(operation_event);
  PLUGBROKER_TEST_FUNCTION(operation_result);
  PLUGBROKER_TEST_FUNCTION(operation_destroy);
  PLUGBROKER_TEST_FUNCTION(stream_open);
  PLUGBROKER_TEST_FUNCTION(stream_write);
  PLUGBROKER_TEST_FUNCTION(stream_close_write);
  PLUGBROKER_TEST_FUNCTION(stream_read);
  PLUGBROKER_TEST_FUNCTION(stream_result);
  PLUGBROKER_TEST_FUNCTION(stream_destroy);
  PLUGBROKER_TEST_FUNCTION(message_free);
  PLUGBROKER_TEST_FUNCTION(reply_size);
  PLUGBROKER_TEST_FUNCTION(reply_free);
  PLUGBROKER_TEST_FUNCTION(cancellation_create);
  PLUGBROKER_TEST_FUNCTION(cancellation_destroy);

#undef PLUGBROKER_TEST_FUNCTION
};

}  // namespace plugbroker::client
