// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/win/test_guard.h"

#include <cstddef>

#include "broker_core/base/assert.h"
#include "broker_core/win/random_bytes.h"
#include "tests/open_handles.h"

namespace plugbroker::test {
namespace {

template <typename Function>
Function ntdll_function(const char* name) {
  const HMODULE ntdll = GetModuleHandleW(L"ntdll.dll");
  return reinterpret_cast<Function>(reinterpret_cast<void*>(GetProcAddress(ntdll, name)));
}

}  // namespace

bool runs_under_wine() {
  return ntdll_function<void*>("wine_get_version") != nullptr;
}

std::wstring unique_pipe_name() {
  return L"\\\\.\\pipe\\PlugBroker.test." + win::random_name();
}

std::size_t open_handle_count() {
  const std::size_t own = count_open_handles(GetCurrentProcess());
  PLUGBROKER_ASSERT(own != 0);
  return own;
}

std::ptrdiff_t handle_growth(int iterations, const std::function<void()>& action) {
  constexpr int warm_up = 5;
  for (int i = 0; i < warm_up; ++i) action();
  const auto before = static_cast<std::ptrdiff_t>(open_handle_count());
  for (int i = 0; i < iterations; ++i) action();
  return static_cast<std::ptrdiff_t>(open_handle_count()) - before;
}

}  // namespace plugbroker::test
