// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/harness/process_counts.h"

#include <windows.h>

#include <tlhelp32.h>

#include "tests/integration/harness/eventually.h"
#include "tests/integration/harness/windows_handle.h"
#include "tests/open_handles.h"

namespace plugbroker::harness {
std::size_t handle_count(std::uint32_t process_id) {
  const WindowsHandle process(OpenProcess(PROCESS_QUERY_INFORMATION | PROCESS_DUP_HANDLE, FALSE, process_id));
  if (!process) throw_last_error("OpenProcess " + std::to_string(process_id));
  const std::size_t counted = test::count_open_handles(process.get());
  if (counted == 0) throw HarnessError("no handle of process " + std::to_string(process_id) + " can be counted");
  return counted;
}

std::vector<std::uint32_t> children_of(std::uint32_t process_id) {
  const WindowsHandle snapshot(CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0));
  if (!snapshot) throw_last_error("CreateToolhelp32Snapshot");
  std::vector<std::uint32_t> children;
  PROCESSENTRY32W entry{};
  entry.dwSize = sizeof(entry);
  for (BOOL more = Process32FirstW(snapshot.get(), &entry); more; more = Process32NextW(snapshot.get(), &entry)) {
    if (entry.th32ParentProcessID == process_id && process_runs(entry.th32ProcessID)) {
      children.push_back(entry.th32ProcessID);
    }
  }
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
