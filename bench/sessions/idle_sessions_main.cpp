// SPDX-License-Identifier: Apache-2.0
// idle_sessions: what an idle session costs the service in private memory (PagefileUsage), beyond what a pipe costs any
// process. Opens thousands of sessions, and as many pipes of a bare process, in the same run; fails when the difference
// is above the budget.
#include <windows.h>

#include <psapi.h>

#include <boost/program_options.hpp>

#include <array>
#include <cstdio>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/floor/floor_pipes.h"
#include "bench/pipe/child_process.h"
#include "bench/sessions/idle_pipes.h"
#include "broker_core/protocol/frame_writer.h"

namespace plugbroker::bench {
namespace {

constexpr double budget_bytes = 3.0 * 1024;
/// Opened before memory is read for the first time: what is allocated once is then allocated.
constexpr unsigned first_sessions = 200;
constexpr unsigned connect_attempts = 3000;

/// The client ends; closed at the end of the process.
using Pipes = std::vector<HANDLE>;

HANDLE connect_to(const std::string& name) {
  for (unsigned attempt = 0; attempt < connect_attempts; ++attempt) {
    const HANDLE pipe = CreateFileA(name.c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING,
                                    SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, nullptr);
    if (pipe != INVALID_HANDLE_VALUE) return pipe;
    if (GetLastError() != ERROR_PIPE_BUSY && GetLastError() != ERROR_FILE_NOT_FOUND) break;
    Sleep(1);
  }
  floor::fail("CreateFile " + name);
}

/// Opens a session as any client does: HELLO, and the answer.
HANDLE open_session(const std::string& name) {
  const HANDLE pipe = connect_to(name);
  std::vector<std::byte> hello;
  protocol::FrameWriter{hello}.hello({.role = protocol::Role::client, .peer = {}});
  floor::write_all(pipe, reinterpret_cast<const char*>(hello.data()), hello.size());
  std::array<char, 4096> answer{};
  DWORD count = 0;
  if (!ReadFile(pipe, answer.data(), static_cast<DWORD>(answer.size()), &count, nullptr)) floor::fail("ReadFile");
  if (count < limits::frame_header_bytes || answer[3] != static_cast<char>(protocol::FrameType::hello_ack)) {
    throw std::runtime_error("the service did not answer the opening");
  }
  return pipe;
}

double memory_of(HANDLE process) {
  PROCESS_MEMORY_COUNTERS counters{};
  counters.cb = sizeof(counters);
  if (!GetProcessMemoryInfo(process, &counters, sizeof(counters))) floor::fail("GetProcessMemoryInfo");
  return static_cast<double>(counters.PagefileUsage);
}

/// Bytes of the server's memory for each of `count` pipes, `open` making one.
template <typename Open>
double bytes_each(const char* what, unsigned count, Open open) {
  Pipes pipes;
  while (pipes.size() < first_sessions) pipes.push_back(open());
  ULONG process_id = 0;
  if (!GetNamedPipeServerProcessId(pipes.front(), &process_id)) floor::fail("GetNamedPipeServerProcessId");
  const HANDLE process = OpenProcess(PROCESS_QUERY_INFORMATION | PROCESS_VM_READ, FALSE, process_id);
  if (process == nullptr) floor::fail("OpenProcess");
  const double before = memory_of(process);
  while (pipes.size() < first_sessions + count) pipes.push_back(open());
  const double after = memory_of(process);
  CloseHandle(process);
  for (const HANDLE pipe : pipes) CloseHandle(pipe);
  if (before <= 0) throw std::runtime_error("a counter does not work here: it reads 0");
  const double each = (after - before) / count;
  std::printf("  %-34s %8.0f bytes   (%u of them: %.1f to %.1f MiB)\n", what, each, count, before / (1 << 20),
              after / (1 << 20));
  return each;
}

bool measure(const std::string& program, const std::string& pipe, unsigned count) {
  const std::string control_pipe = R"(\\.\pipe\PlugBroker.bench.idle.)" + std::to_string(GetCurrentProcessId());
  ChildProcess control(program, {"--hold", control_pipe, "--count", std::to_string(first_sessions + count)});
  if (control.read_line() != "ready") throw std::runtime_error("the control did not start");
  const double bare = bytes_each("a bare pipe", count, [&] { return connect_to(control_pipe); });
  const double session = bytes_each("an idle session", count, [&] { return open_session(pipe); });
  const bool good = session - bare <= budget_bytes;
  std::printf("  %-34s %8.0f bytes   (budget %.0f)%s\n", "a session beyond its pipe", session - bare, budget_bytes,
              good ? "" : "   MISSED");
  return good;
}

}  // namespace
}  // namespace plugbroker::bench

int main(int count, char** values) {
  namespace po = boost::program_options;
  po::options_description known("idle_sessions");
  known.add_options()("help", "print this")("pipe", po::value<std::string>()->default_value(R"(\\.\pipe\PlugBroker)"),
                                            "the service's pipe")("count", po::value<unsigned>()->default_value(10'000),
                                                                  "sessions")("hold", po::value<std::string>(),
                                                                              "be the control, on a pipe of that name");
  try {
    po::variables_map options;
    po::store(po::parse_command_line(count, values, known), options);
    if (options.count("help") != 0) {
      std::cout << known;
      return 0;
    }
    po::notify(options);
    const auto sessions = options["count"].as<unsigned>();
    if (options.count("hold") != 0) {
      plugbroker::bench::hold_idle_pipes(options["hold"].as<std::string>(), sessions);
      return 0;
    }
    return plugbroker::bench::measure(values[0], options["pipe"].as<std::string>(), sessions) ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "idle_sessions: %s\n", error.what());
    return 2;
  }
}
