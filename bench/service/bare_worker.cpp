// SPDX-License-Identifier: Apache-2.0
#include "bench/service/bare_worker.h"

#include <array>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

#include "broker_core/protocol/frame_reader.h"
#include "broker_core/protocol/frame_writer.h"
#include "broker_core/protocol/messages.h"
#include "broker_core/protocol/negotiation.h"
#include "broker_core/win/environment_block.h"
#include "broker_core/win/pipe_instance.h"
#include "broker_core/win/utf16.h"

namespace plugbroker::bench {
namespace {

constexpr DWORD longest_exit_ms = 10'000;

[[noreturn]] void fail(const std::string& call) {
  const DWORD error = GetLastError();
  throw std::runtime_error(call + ": error " + std::to_string(error));
}

/// The broker's end of a channel is overlapped; here one thing happens after the other.
template <typename Start>
DWORD do_at_once(HANDLE pipe, const char* call, Start start) {
  OVERLAPPED operation{};
  const win::UniqueHandle done{CreateEventW(nullptr, TRUE, FALSE, nullptr)};
  if (!done) fail("CreateEvent");
  operation.hEvent = done.get();
  if (!start(&operation) && GetLastError() != ERROR_IO_PENDING) fail(call);
  DWORD bytes = 0;
  if (!GetOverlappedResult(pipe, &operation, &bytes, TRUE)) fail(call);
  return bytes;
}

}  // namespace

BareWorker::BareWorker(const std::string& program) {
  auto pipe = win::create_private_pipe(win::WorkerEnd::channel);
  if (!pipe.ok()) throw std::runtime_error(pipe.status().message);
  win::Environment environment = win::account_environment();
  environment.insert_or_assign(L"PLUGBROKER_CHANNEL",
                               std::to_wstring(reinterpret_cast<std::uintptr_t>(pipe->worker_end.get())));
  // .NET dies under Wine 8 without this; the configuration says the same of the service's workers.
  environment.insert_or_assign(L"DOTNET_EnableWriteXorExecute", L"0");
  std::wstring block = win::environment_block(environment);
  std::wstring command = L"\"" + win::to_utf16(program) + L"\"";
  STARTUPINFOW startup{};
  startup.cb = sizeof(startup);
  PROCESS_INFORMATION created{};
  if (!CreateProcessW(nullptr, command.data(), nullptr, nullptr, TRUE, CREATE_UNICODE_ENVIRONMENT | CREATE_NO_WINDOW,
                      block.data(), nullptr, &startup, &created)) {
    fail("CreateProcess " + program);
  }
  CloseHandle(created.hThread);
  process_ = win::UniqueHandle(created.hProcess);
  channel_ = std::move(pipe->broker_end);
  pipe->worker_end = {};
  wait_for_ready();
}

void BareWorker::wait_for_ready() {
  protocol::FrameReader reader;
  std::array<std::byte, 4096> buffer{};
  for (;;) {
    const DWORD count = do_at_once(channel_.get(), "ReadFile from the worker", [&](OVERLAPPED* operation) {
      return ReadFile(channel_.get(), buffer.data(), static_cast<DWORD>(buffer.size()), nullptr, operation);
    });
    reader.feed(ByteView{buffer}.first(count));
    while (const auto frame = reader.next()) {
      if (frame->header.type == protocol::FrameType::ready) return;
      if (frame->header.type != protocol::FrameType::hello) continue;
      const auto hello = protocol::decode_hello(frame->meta);
      if (!hello.ok()) throw std::runtime_error("HELLO: " + hello.status().message);
      std::vector<std::byte> answer;
      protocol::FrameWriter{answer}.hello_ack(protocol::answer_hello(*hello, {}, {}));
      (void)do_at_once(channel_.get(), "WriteFile to the worker", [&](OVERLAPPED* operation) {
        return WriteFile(channel_.get(), answer.data(), static_cast<DWORD>(answer.size()), nullptr, operation);
      });
    }
    if (reader.error()) throw std::runtime_error("the worker's first frames are wrong");
  }
}

BareWorker::~BareWorker() {
  channel_ = {};
  if (WaitForSingleObject(process_.get(), longest_exit_ms) != WAIT_OBJECT_0) TerminateProcess(process_.get(), 1);
}

}  // namespace plugbroker::bench
