// SPDX-License-Identifier: Apache-2.0
// plugbroker-dump PID mini|full MAX_BYTES FILE: takes a dump of a process. Started by the service only, as a program of
// its own, because MiniDumpWriteDump can crash or hang whoever calls it. How it ends: broker_core/win/dump_helper.h.
#include <windows.h>
// Needs windows.h before it.
#include <dbghelp.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "broker_core/win/dump_helper.h"
#include "broker_core/win/program_arguments.h"
#include "broker_core/win/program_hardening.h"
#include "broker_core/win/unique_handle.h"
#include "broker_core/win/utf16.h"

namespace plugbroker::service {
namespace {

using win::DumpExit;
using win::UniqueHandle;

constexpr DWORD pause_between_looks_ms = 50;

constexpr unsigned mini_type = MiniDumpWithUnloadedModules | MiniDumpWithThreadInfo | MiniDumpWithProcessThreadData |
                               MiniDumpWithHandleData | MiniDumpIgnoreInaccessibleMemory;
constexpr unsigned full_type = mini_type | MiniDumpWithFullMemory | MiniDumpWithFullMemoryInfo;

[[noreturn]] void end(DumpExit how) {
  TerminateProcess(GetCurrentProcess(), static_cast<UINT>(how));
  std::abort();
}

/// Does not return when the file becomes larger than it may be: it is deleted, and the process ends.
void watch_size(HANDLE file, std::uint64_t max_bytes) {
  for (;; Sleep(pause_between_looks_ms)) {
    LARGE_INTEGER size{};
    if (!GetFileSizeEx(file, &size) || static_cast<std::uint64_t>(size.QuadPart) <= max_bytes) continue;
    FILE_DISPOSITION_INFO disposition{};
    disposition.DeleteFile = TRUE;
    SetFileInformationByHandle(file, FileDispositionInfo, &disposition, sizeof disposition);
    end(DumpExit::too_large);
  }
}

DumpExit write_dump(DWORD process_id, unsigned type, std::uint64_t max_bytes, const std::filesystem::path& path) {
  const UniqueHandle process(
      OpenProcess(PROCESS_QUERY_INFORMATION | PROCESS_VM_READ | PROCESS_DUP_HANDLE | SYNCHRONIZE, FALSE, process_id));
  if (!process) return DumpExit::no_process;
  std::error_code ignored;  // What is wrong with the folder shows in the file.
  std::filesystem::create_directory(path.parent_path(), ignored);
  const UniqueHandle file(CreateFileW(path.c_str(), GENERIC_READ | GENERIC_WRITE | DELETE, FILE_SHARE_READ, nullptr,
                                      CREATE_NEW, FILE_ATTRIBUTE_NORMAL, nullptr));
  if (!file) return DumpExit::no_file;
  const HMODULE library = LoadLibraryExW(L"dbghelp.dll", nullptr, LOAD_LIBRARY_SEARCH_SYSTEM32);
  if (library == nullptr) return DumpExit::no_library;
  const FARPROC found = GetProcAddress(library, "MiniDumpWriteDump");
  if (found == nullptr) return DumpExit::no_library;
  const auto write = reinterpret_cast<decltype(&MiniDumpWriteDump)>(reinterpret_cast<void*>(found));
  std::thread(watch_size, file.get(), max_bytes).detach();
  const BOOL done =
      write(process.get(), process_id, file.get(), static_cast<MINIDUMP_TYPE>(type), nullptr, nullptr, nullptr);
  // While the thread still looks at the file.
  end(done ? DumpExit::done : DumpExit::failed);
}

DumpExit run(const std::vector<std::string>& arguments) {
  if (arguments.size() != 4) return DumpExit::usage;
  const auto process_id = static_cast<DWORD>(std::strtoul(arguments[0].c_str(), nullptr, 10));
  const bool full = arguments[1] == "full";
  if (process_id == 0 || (!full && arguments[1] != "mini")) return DumpExit::usage;
  const std::uint64_t max_bytes = std::strtoull(arguments[2].c_str(), nullptr, 10);
  return write_dump(process_id, full ? full_type : mini_type, max_bytes, win::to_utf16(arguments[3]));
}

}  // namespace
}  // namespace plugbroker::service

int main() {
  plugbroker::win::harden_program();
  SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
  return static_cast<int>(plugbroker::service::run(plugbroker::win::program_arguments()));
}
