// SPDX-License-Identifier: Apache-2.0
// steady_state: what an installed service costs while nobody calls it. Measures a running service for a minute, prints
// its memory (PagefileUsage) and its CPU time, and fails when either is above its budget.
#include <windows.h>

#include <psapi.h>
#include <winsvc.h>

#include <boost/program_options.hpp>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

namespace plugbroker::bench {
namespace {

constexpr double memory_budget_mib = 24.0;
constexpr double cpu_budget_ms_per_minute = 20.0;

[[noreturn]] void fail(const std::string& call) {
  const DWORD error = GetLastError();
  throw std::runtime_error(call + ": error " + std::to_string(error));
}

DWORD process_of_service(const std::string& name) {
  const SC_HANDLE manager = OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT);
  if (manager == nullptr) fail("OpenSCManager");
  const SC_HANDLE service = OpenServiceA(manager, name.c_str(), SERVICE_QUERY_STATUS);
  if (service == nullptr) fail("OpenService " + name);
  SERVICE_STATUS_PROCESS status{};
  DWORD needed = 0;
  if (!QueryServiceStatusEx(service, SC_STATUS_PROCESS_INFO, reinterpret_cast<BYTE*>(&status), sizeof(status),
                            &needed)) {
    fail("QueryServiceStatusEx " + name);
  }
  CloseServiceHandle(service);
  CloseServiceHandle(manager);
  if (status.dwCurrentState != SERVICE_RUNNING) throw std::runtime_error(name + " does not run");
  return status.dwProcessId;
}

/// The front of an entry of the system's table of processes (class 5); the rest is skipped by `next`.
struct ProcessEntry {
  ULONG next;
  ULONG threads;
  LARGE_INTEGER reserved[3];
  LARGE_INTEGER created;
  LARGE_INTEGER user;
  LARGE_INTEGER kernel;
  USHORT name_bytes[2];
  wchar_t* name;
  LONG priority;
  HANDLE process_id;
};

/// From the table of all processes, because GetProcessTimes of another process is 0 under Wine.
double cpu_milliseconds(DWORD process_id) {
  using Query = LONG(NTAPI*)(ULONG, void*, ULONG, ULONG*);
  const auto query = reinterpret_cast<Query>(
      reinterpret_cast<void*>(GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "NtQuerySystemInformation")));
  std::vector<std::uint64_t> buffer(1 << 19);
  ULONG needed = 0;
  if (query(5, buffer.data(), static_cast<ULONG>(buffer.size() * sizeof(buffer[0])), &needed) != 0) {
    throw std::runtime_error("NtQuerySystemInformation failed");
  }
  const char* at = reinterpret_cast<const char*>(buffer.data());
  while (true) {
    ProcessEntry entry;
    std::memcpy(&entry, at, sizeof(entry));
    if (static_cast<DWORD>(reinterpret_cast<std::uintptr_t>(entry.process_id)) == process_id) {
      return static_cast<double>(entry.user.QuadPart + entry.kernel.QuadPart) / 10'000.0;
    }
    if (entry.next == 0) throw std::runtime_error("the service's process is not in the table of processes");
    at += entry.next;
  }
}

double memory_mib(HANDLE process) {
  PROCESS_MEMORY_COUNTERS counters{};
  counters.cb = sizeof(counters);
  if (!GetProcessMemoryInfo(process, &counters, sizeof(counters))) fail("GetProcessMemoryInfo");
  return static_cast<double>(counters.PagefileUsage) / (1024.0 * 1024.0);
}

bool measure(const std::string& service, unsigned seconds) {
  const DWORD process_id = process_of_service(service);
  const HANDLE process = OpenProcess(PROCESS_QUERY_INFORMATION | PROCESS_VM_READ, FALSE, process_id);
  if (process == nullptr) fail("OpenProcess");
  const double before = cpu_milliseconds(process_id);
  Sleep(seconds * 1000);
  const double since_start = cpu_milliseconds(process_id);
  const double per_minute = (since_start - before) * 60.0 / seconds;
  const double memory = memory_mib(process);
  CloseHandle(process);
  std::printf("  %-34s %8.1f MiB   (budget %.0f MiB)\n", "memory of the service", memory, memory_budget_mib);
  std::printf("  %-34s %8.1f ms    (budget %.0f ms, measured for %u s)\n", "CPU in an idle minute", per_minute,
              cpu_budget_ms_per_minute, seconds);
  std::printf("  %-34s %8.1f ms    (shows that the counter counts)\n", "CPU since the service started", since_start);
  // A counter that a system does not fill in reads as zero, which would pass every budget.
  if (memory <= 0.0 || since_start <= 0.0) throw std::runtime_error("a counter does not work here: it reads 0");
  return memory < memory_budget_mib && per_minute < cpu_budget_ms_per_minute;
}

}  // namespace
}  // namespace plugbroker::bench

int main(int count, char** values) {
  namespace po = boost::program_options;
  po::options_description known("steady_state");
  known.add_options()("help", "print this")("service", po::value<std::string>()->default_value("PlugBroker"),
                                            "the service's name; it must run")(
      "seconds", po::value<unsigned>()->default_value(60), "how long to measure");
  try {
    po::variables_map options;
    po::store(po::parse_command_line(count, values, known), options);
    if (options.count("help") != 0) {
      std::cout << known;
      return 0;
    }
    po::notify(options);
    return plugbroker::bench::measure(options["service"].as<std::string>(), options["seconds"].as<unsigned>()) ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "steady_state: %s\n", error.what());
    return 2;
  }
}
