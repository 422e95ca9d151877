// SPDX-License-Identifier: Apache-2.0
#include "bench/one_process_per_call.h"

#include <windows.h>

#include <stdexcept>
#include <vector>

namespace plugbroker::bench {
namespace {

constexpr DWORD pipe_buffer_bytes = 65536;

[[noreturn]] void fail(const std::string& call) {
  const DWORD error = GetLastError();
  throw std::runtime_error(call + ": error " + std::to_string(error));
}

void write_all(HANDLE pipe, const std::string& bytes) {
  DWORD written = 0;
  if (!WriteFile(pipe, bytes.data(), static_cast<DWORD>(bytes.size()), &written, nullptr)) fail("WriteFile");
}

void read_all(HANDLE pipe, std::string& bytes) {
  for (std::size_t have = 0; have < bytes.size();) {
    DWORD read = 0;
    if (!ReadFile(pipe, bytes.data() + have, static_cast<DWORD>(bytes.size() - have), &read, nullptr)) fail("ReadFile");
    have += read;
  }
}

void one_call(const std::string& program, const std::string& request, unsigned number) {
  const std::string name = "plugbroker-bench-" + std::to_string(GetCurrentProcessId()) + "-" + std::to_string(number);
  const HANDLE pipe = CreateNamedPipeA((R"(\\.\pipe\)" + name).c_str(), PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 1,
                                       pipe_buffer_bytes, pipe_buffer_bytes, 0, nullptr);
  if (pipe == INVALID_HANDLE_VALUE) fail("CreateNamedPipe");
  std::string command = "\"" + program + "\" " + name + " " + std::to_string(request.size());
  STARTUPINFOA startup{};
  startup.cb = sizeof(startup);
  PROCESS_INFORMATION process{};
  if (!CreateProcessA(nullptr, command.data(), nullptr, nullptr, FALSE, CREATE_NO_WINDOW, nullptr, nullptr, &startup,
                      &process)) {
    fail("CreateProcess " + program);
  }
  if (!ConnectNamedPipe(pipe, nullptr) && GetLastError() != ERROR_PIPE_CONNECTED) fail("ConnectNamedPipe");
  write_all(pipe, request);
  std::string reply(request.size(), '\0');
  read_all(pipe, reply);
  WaitForSingleObject(process.hProcess, INFINITE);
  CloseHandle(process.hThread);
  CloseHandle(process.hProcess);
  CloseHandle(pipe);
  if (reply != request) throw std::runtime_error("the reply is not the request");
}

}  // namespace

LatencyFigures measure_one_process_per_call(const std::string& program, std::size_t size, unsigned calls) {
  const std::string request(size, 'x');
  LatencyFigures figures;
  one_call(program, request, 0);  // warms the file cache, as the workers' start has done for the broker
  for (unsigned i = 1; i <= calls; ++i) figures.add(timed([&] { one_call(program, request, i); }));
  return figures;
}

}  // namespace plugbroker::bench
