// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/harness/process_counts.h"

#include <windows.h>

#include <psapi.h>
#include <tlhelp32.h>

#include "tests/integration/harness/eventually.h"
#include "tests/integration/harness/windows_handle.h"
#include "tests/open_handles.h"

namespace plugbroker::harness {
namespace {

/// Calls `look` with each process that there is.
template <typename Look>
void for_each_process(Look&& look) {
  const WindowsHandle snapshot(CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0));
  if (!snapshot) throw_last_error("CreateToolhelp32Snapshot");
  PROCESSENTRY32W entry{};
  entry.dwSize = sizeof(entry);
  for (BOOL more = Process32FirstW(snapshot.get(), &entry); more; more = Process32NextW(snapshot.get(), &entry)) {
    look(entry);
  }
}

}  // namespace

std::size_t handle_count(std::uint32_t process_id) {
  const WindowsHandle process(OpenProcess(PROCESS_QUERY_INFORMATION | PROCESS_DUP_HANDLE, FALSE, process_id));
  if (!process) throw_last_error("OpenProcess " + std::to_string(process_id));
  const std::size_t counted = test::count_open_handles(process.get());
  if (counted == 0) throw HarnessError("no handle of process " + std::to_string(process_id) + " can be counted");
  return counted;
}

std::size_t thread_count(std::uint32_t process_id) {
  std::size_t count = 0;
  for_each_process([&](const PROCESSENTRY32W& entry) {
    if (entry.th32ProcessID == process_id) count = entry.cntThreads;
  });
  return count;
}

std::uint64_t private_bytes(std::uint32_t process_id) {
  const WindowsHandle process(OpenProcess(PROCESS_QUERY_INFORMATION | PROCESS_VM_READ, FALSE, process_id));
  if (!process) throw_last_error("OpenProcess " + std::to_string(process_id));
  PROCESS_MEMORY_COUNTERS counters{};
  if (!GetProcessMemoryInfo(process.get(), &counters, sizeof(counters))) throw_last_error("GetProcessMemoryInfo");
  return counters.PagefileUsage;  // The same as PrivateUsage, which is 0 under Wine 8.
}

std::vector<std::uint32_t> children_of(std::uint32_t process_id) {
  std::vector<std::uint32_t> children;
  for_each_process([&](const PROCESSENTRY32W& entry) {
    if (entry.th32ParentProcessID == process_id && process_runs(entry.th32ProcessID)) {
      children.push_back(entry.th32ProcessID);
    }
  });
  return children;
}

bool process_runs(std::uint32_t process_id) {
  const WindowsHandle process(OpenProcess(SYNCHRONIZE, FALSE, process_id));
  return process && WaitForSingleObject(process.get(), 0) == WAIT_TIMEOUT;
}

void kill_process(std::uint32_t process_id) {
  const WindowsHandle process(OpenProcess(PROCESS_TERMINATE | SYNCHRONIZE, FALSE, process_id));
  if (!process) throw_last_error("OpenProcess " + std::to_string(process_id));
  if (!TerminateProcess(process.get(), 77)) throw_last_error("TerminateProcess");
  WaitForSingleObject(process.get(), static_cast<DWORD>(hang_guard.count()));
}

}  // namespace plugbroker::harness
