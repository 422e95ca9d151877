// SPDX-License-Identifier: Apache-2.0
#include "bench/sessions/idle_pipes.h"

#include <windows.h>

#include <cstdio>
#include <memory>
#include <vector>

#include "bench/floor/floor_pipes.h"

namespace plugbroker::bench {
namespace {

struct IdlePipe {
  HANDLE pipe = nullptr;
  OVERLAPPED read{};
};

HANDLE make_instance(const std::string& name) {
  const HANDLE pipe =
      CreateNamedPipeA(name.c_str(), PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE,
                       PIPE_UNLIMITED_INSTANCES, floor::pipe_buffer_bytes, floor::pipe_buffer_bytes, 0, nullptr);
  if (pipe == INVALID_HANDLE_VALUE) floor::fail("CreateNamedPipe " + name);
  return pipe;
}

void wait_for_client(HANDLE pipe, HANDLE event) {
  OVERLAPPED connection{};
  connection.hEvent = event;
  if (ConnectNamedPipe(pipe, &connection) || GetLastError() == ERROR_PIPE_CONNECTED) return;
  if (GetLastError() != ERROR_IO_PENDING) floor::fail("ConnectNamedPipe");
  DWORD ignored = 0;
  if (!GetOverlappedResult(pipe, &connection, &ignored, TRUE)) floor::fail("ConnectNamedPipe");
}

}  // namespace

void hold_idle_pipes(const std::string& name, unsigned count) {
  const std::unique_ptr<IdlePipe[]> pipes = std::make_unique<IdlePipe[]>(count);
  const HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 1);
  const HANDLE event = CreateEventW(nullptr, TRUE, FALSE, nullptr);
  char nothing = 0;
  HANDLE next = make_instance(name);
  std::printf("ready\n");
  std::fflush(stdout);
  for (unsigned i = 0; i < count; ++i) {
    IdlePipe& pipe = pipes[i];
    wait_for_client(next, event);
    pipe.pipe = next;
    // As in the broker: the next instance is there before this client is served.
    next = make_instance(name);
    if (CreateIoCompletionPort(pipe.pipe, port, 0, 0) == nullptr) floor::fail("CreateIoCompletionPort");
    if (!ReadFile(pipe.pipe, &nothing, 0, nullptr, &pipe.read) && GetLastError() != ERROR_IO_PENDING &&
        GetLastError() != ERROR_BROKEN_PIPE) {
      floor::fail("ReadFile");
    }
  }
  while (std::getchar() != EOF) {
  }
  // The process ends, and the pending reads with it.
  ExitProcess(0);
}

}  // namespace plugbroker::bench
