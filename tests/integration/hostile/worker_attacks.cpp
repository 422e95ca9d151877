// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/hostile/worker_attacks.h"

#include <windows.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <thread>
#include <utility>

#include "tests/integration/harness/eventually.h"
#include "tests/integration/hostile/foreign_objects.h"

namespace plugbroker::hostile {

using harness::HarnessError;
namespace wire = harness::wire;

namespace {

constexpr std::uint64_t bytes_to_print = 1ull << 30;
constexpr int children = 4;

std::wstring own_program() {
  std::array<wchar_t, 1024> path{};
  GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size()));
  return path.data();
}

/// With every handle that can be inherited. 0 when the system refuses.
DWORD start_child(const wchar_t* arguments, DWORD flags) {
  std::wstring command = L"\"" + own_program() + L"\" " + arguments;
  STARTUPINFOW startup{};
  startup.cb = sizeof(startup);
  PROCESS_INFORMATION made{};
  if (!CreateProcessW(nullptr, command.data(), nullptr, nullptr, TRUE, CREATE_NO_WINDOW | flags, nullptr, nullptr,
                      &startup, &made)) {
    return 0;
  }
  CloseHandle(made.hThread);
  CloseHandle(made.hProcess);
  return made.dwProcessId;
}

void answer_for_others(HostileWorker& worker, std::uint64_t stream, const std::string&) {
  std::string lies;
  for (std::uint64_t other = stream + 1; other < stream + 100; ++other) {
    lies += wire::frame({.type = wire::data, .stream = other}, {}, "stolen") + end_frame(other, 0);
  }
  worker.send(lies);
}

void write_after_end(HostileWorker& worker, std::uint64_t stream, const std::string& request) {
  worker.answer(stream, request);
  worker.answer(stream, "once more");
}

/// Prints until `printed` says that it is all.
void print_all(std::atomic<std::uint64_t>& printed) {
  constexpr std::size_t block_bytes = 64 * 1024;
  std::string block;
  while (block.size() < block_bytes)
    block += "2026-01-01T00:00:00.000Z error FORGED the service stops \x1b[2J line\r\n";
  block.resize(block_bytes);
  const HANDLE output = GetStdHandle(STD_OUTPUT_HANDLE);
  while (printed < bytes_to_print) {
    DWORD written = 0;
    if (!WriteFile(output, block.data(), static_cast<DWORD>(block.size()), &written, nullptr)) return;
    printed += written;
  }
}

void print(HostileWorker& worker, std::uint64_t stream, const std::string&) {
  static std::atomic<std::uint64_t> printed{0};
  static bool begun = false;
  if (!std::exchange(begun, true)) std::thread([] { print_all(printed); }).detach();
  worker.answer(stream, std::to_string(printed.load()));
}

void fork(HostileWorker& worker, std::uint64_t stream, const std::string& request) {
  if (request == "die") ExitProcess(9);
  std::string numbers;
  for (int i = 0; i < children; ++i) {
    // Some want to get away from the job, which has to be refused or of no use.
    const DWORD flags = i % 2 == 0 ? 0 : CREATE_BREAKAWAY_FROM_JOB;
    if (const DWORD child = start_child(L"sit with_a_child", flags)) numbers += std::to_string(child) + ' ';
  }
  worker.answer(stream, numbers);
}

}  // namespace

HostileWorker::Handler attack_named(const std::string& mode) {
  if (mode == "serve") {
    return
        [](HostileWorker& worker, std::uint64_t stream, const std::string& request) { worker.answer(stream, request); };
  }
  if (mode == "answer-for-others") return answer_for_others;
  if (mode == "write-after-end") return write_after_end;
  if (mode == "print") return print;
  if (mode == "fork") return fork;
  if (mode == "open") {
    return [](HostileWorker& worker, std::uint64_t stream, const std::string& request) {
      worker.answer(stream, foreign_objects(request));
    };
  }
  throw HarnessError("there is no mode '" + mode + "'");
}

int sit(bool with_a_child) {
  if (with_a_child) start_child(L"sit", 0);
  WaitForSingleObject(GetCurrentThread(), static_cast<DWORD>(harness::hang_guard.count()));
  return 0;
}

}  // namespace plugbroker::hostile
