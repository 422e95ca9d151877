// SPDX-License-Identifier: Apache-2.0
// iocp_relay FRONT BACK: the floor for many calls at once. One thread, one completion port, one client on the pipe
// FRONT and one on BACK; all whole frames that a read brought go on in one write. At most one write is outstanding per
// pipe; what comes meanwhile leaves together with the next.
#include <array>
#include <cstdio>
#include <exception>

#include "bench/floor/floor_pipes.h"

namespace {

using namespace plugbroker::bench::floor;

/// One end. `read` and `write` are told apart by their address.
struct End {
  HANDLE pipe = nullptr;
  End* other = nullptr;
  OVERLAPPED read{};
  OVERLAPPED write{};
  std::vector<char> input = std::vector<char>(2 * read_buffer_bytes);
  std::size_t have = 0;  ///< In `input`.
  std::vector<char> waiting;
  std::vector<char> writing;
  bool write_outstanding = false;
};

bool over = false;

void start_write(End& end) {
  while (!end.write_outstanding && !end.waiting.empty()) {
    std::swap(end.writing, end.waiting);
    end.waiting.clear();
    end.write = {};
    DWORD written = 0;
    if (WriteFile(end.pipe, end.writing.data(), static_cast<DWORD>(end.writing.size()), &written, &end.write)) continue;
    if (GetLastError() != ERROR_IO_PENDING) fail("WriteFile");
    end.write_outstanding = true;
  }
}

void take_input(End& end, DWORD bytes) {
  end.have += bytes;
  std::size_t count = 0;
  const std::size_t whole = whole_frames(end.input.data(), end.have, count);
  if (whole == 0) return;
  End& other = *end.other;
  other.waiting.insert(other.waiting.end(), end.input.data(), end.input.data() + whole);
  std::memmove(end.input.data(), end.input.data() + whole, end.have - whole);
  end.have -= whole;
  start_write(other);
}

/// Reads until there is nothing to read.
void start_read(End& end) {
  while (!over) {
    if (end.input.size() < end.have + read_buffer_bytes) end.input.resize(end.have + read_buffer_bytes);
    end.read = {};
    DWORD bytes = 0;
    if (ReadFile(end.pipe, end.input.data() + end.have, static_cast<DWORD>(read_buffer_bytes), &bytes, &end.read)) {
      take_input(end, bytes);
      continue;
    }
    const DWORD error = GetLastError();
    if (error == ERROR_BROKEN_PIPE) over = true;
    if (error != ERROR_IO_PENDING && !over) fail("ReadFile");
    return;
  }
}

void finish(End& end, OVERLAPPED& operation) {
  DWORD bytes = 0;
  if (!GetOverlappedResult(end.pipe, &operation, &bytes, FALSE)) {
    if (GetLastError() != ERROR_BROKEN_PIPE) fail("GetOverlappedResult");
    over = true;
    return;
  }
  if (&operation == &end.write) {
    end.write_outstanding = false;
    start_write(end);
  } else {
    take_input(end, bytes);
    start_read(end);
  }
}

void connect(End& end) {
  OVERLAPPED connection{};
  connection.hEvent = CreateEventW(nullptr, TRUE, FALSE, nullptr);
  if (!ConnectNamedPipe(end.pipe, &connection) && GetLastError() != ERROR_PIPE_CONNECTED) {
    if (GetLastError() != ERROR_IO_PENDING) fail("ConnectNamedPipe");
    DWORD ignored = 0;
    if (!GetOverlappedResult(end.pipe, &connection, &ignored, TRUE)) fail("ConnectNamedPipe");
  }
  CloseHandle(connection.hEvent);
}

void relay(const char* front_name, const char* back_name) {
  End front;
  End back;
  front.other = &back;
  back.other = &front;
  front.pipe = make_pipe(front_name, FILE_FLAG_OVERLAPPED);
  back.pipe = make_pipe(back_name, FILE_FLAG_OVERLAPPED);
  connect(back);
  connect(front);
  const HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 1);
  for (End* end : {&front, &back}) {
    if (CreateIoCompletionPort(end->pipe, port, reinterpret_cast<ULONG_PTR>(end), 0) == nullptr) fail("the port");
    if (!SetFileCompletionNotificationModes(end->pipe,
                                            FILE_SKIP_COMPLETION_PORT_ON_SUCCESS | FILE_SKIP_SET_EVENT_ON_HANDLE)) {
      fail("SetFileCompletionNotificationModes");
    }
    start_read(*end);
  }
  while (!over) {
    std::array<OVERLAPPED_ENTRY, 64> packets{};
    ULONG count = 0;
    if (!GetQueuedCompletionStatusEx(port, packets.data(), static_cast<ULONG>(packets.size()), &count, INFINITE,
                                     FALSE)) {
      fail("GetQueuedCompletionStatusEx");
    }
    for (ULONG i = 0; i < count && !over; ++i) {
      finish(*reinterpret_cast<End*>(packets[i].lpCompletionKey), *packets[i].lpOverlapped);
    }
  }
  // The process ends: outstanding operations end with it, and their buffers must live until then.
  ExitProcess(0);
}

}  // namespace

int main(int count, char** values) {
  if (count != 3) {
    std::fprintf(stderr, "usage: iocp_relay FRONT BACK\n");
    return 2;
  }
  try {
    relay(values[1], values[2]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "iocp_relay: %s\n", error.what());
    return 1;
  }
  return 0;
}
