// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/chaos/worker_process.h"

#include <windows.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

#include "tests/integration/harness/process_counts.h"
#include "tests/integration/harness/test_folder.h"
#include "tests/integration/harness/windows_handle.h"

namespace plugbroker::chaos {
namespace {

using harness::WindowsHandle;

constexpr UINT exit_code_of_the_killed = 77;

/// A handle to it, by which its number stays its own; none when it is not what it should be.
WindowsHandle open_worker(std::uint32_t parent, std::uint32_t process_id, DWORD rights) {
  WindowsHandle process(OpenProcess(rights | SYNCHRONIZE | PROCESS_QUERY_LIMITED_INFORMATION, FALSE, process_id));
  if (!process) return {};
  std::array<wchar_t, 1024> path{};
  auto size = static_cast<DWORD>(path.size());
  if (!QueryFullProcessImageNameW(process.get(), 0, path.data(), &size)) return {};
  const std::filesystem::path program(std::wstring_view(path.data(), size));
  if (program.filename() != harness::misbehaving_worker().filename()) return {};
  if (std::ranges::count(harness::children_of(parent), process_id) == 0) return {};
  return process;
}

}  // namespace

bool kill_worker_process(std::uint32_t parent, std::uint32_t process_id) {
  const WindowsHandle process = open_worker(parent, process_id, PROCESS_TERMINATE);
  return process && TerminateProcess(process.get(), exit_code_of_the_killed) != 0;
}

bool freeze_worker_process(std::uint32_t parent, std::uint32_t process_id) {
  using Suspend = LONG(NTAPI*)(HANDLE);
  static const auto suspend = reinterpret_cast<Suspend>(
      reinterpret_cast<void*>(GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "NtSuspendProcess")));
  const WindowsHandle process = open_worker(parent, process_id, PROCESS_SUSPEND_RESUME);
  return process && suspend != nullptr && suspend(process.get()) >= 0;
}

}  // namespace plugbroker::chaos
