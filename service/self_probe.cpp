// SPDX-License-Identifier: Apache-2.0
#include "service/self_probe.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "broker_core/base/limits.h"
#include "broker_core/protocol/frame_reader.h"
#include "broker_core/protocol/frame_writer.h"
#include "broker_core/win/awake_clock.h"
#include "broker_core/win/unique_handle.h"
#include "broker_core/win/utf16.h"
#include "broker_core/win/windows_error.h"
#include "service/service_identity.h"

namespace plugbroker::service {
namespace {

using Verdict = ProbeResult::Verdict;

constexpr Duration busy_pause = std::chrono::milliseconds{50};
constexpr Duration busy_patience = std::chrono::seconds{1};

ProbeResult failed(const Status& status) {
  return {Verdict::failed, status.message};
}

std::vector<std::byte> greeting_bytes() {
  std::vector<std::byte> bytes;
  protocol::FrameWriter writer(bytes);
  protocol::Hello hello;
  hello.peer.library_name = "plugbroker-self-probe";
  hello.peer.library_version = std::string{version};
  writer.hello(hello);
  return bytes;
}

/// One probe.
class Probe {
 public:
  explicit Probe(const SelfProbe::Environment& environment)
      : environment_(environment), deadline_(clock_.now() + environment.patience) {}

  ProbeResult run() {
    if (const auto end = open()) return *end;
    if (const auto end = check_server()) return *end;
    done_ = win::UniqueHandle{CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    if (!done_) return {Verdict::undecided, "no event can be made"};
    const std::vector<std::byte> greeting = greeting_bytes();
    DWORD bytes = 0;
    const auto write = [&](OVERLAPPED& operation) {
      return WriteFile(pipe_.get(), greeting.data(), static_cast<DWORD>(greeting.size()), nullptr, &operation);
    };
    if (const auto end = finish(write, "WriteFile", bytes)) return *end;
    return read_answer();
  }

 private:
  using End = std::optional<ProbeResult>;

  End open() {
    const std::wstring name = win::to_utf16(environment_.pipe);
    const TimePoint give_up = clock_.now() + busy_patience;
    for (;;) {
      pipe_ = win::UniqueHandle{CreateFileW(name.c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING,
                                            FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION,
                                            nullptr)};
      const DWORD error = GetLastError();
      if (pipe_) return std::nullopt;
      if (error != ERROR_PIPE_BUSY) return failed(win::windows_error(error, "CreateFileW", environment_.pipe));
      if (stop_comes_within(busy_pause)) return broken_off();
      if (clock_.now() >= give_up) return taken();
    }
  }

  ProbeResult taken() const {
    if (environment_.loop_is_alive()) return {Verdict::undecided, "every instance of the pipe is taken"};
    return {Verdict::failed, "every instance of the pipe is taken, and the loop that makes more hangs"};
  }

  // Instances of one name are one queue, whoever made them.
  End check_server() const {
    ULONG process = 0;
    if (!GetNamedPipeServerProcessId(pipe_.get(), &process) || process == GetCurrentProcessId()) return std::nullopt;
    return ProbeResult{Verdict::failed, "the other end belongs to process " + std::to_string(process)};
  }

  ProbeResult read_answer() {
    std::vector<std::byte> buffer(limits::frame_header_bytes + limits::max_hello_meta_bytes);
    protocol::FrameReader reader;
    for (;;) {
      DWORD bytes = 0;
      const auto read = [&](OVERLAPPED& operation) {
        return ReadFile(pipe_.get(), buffer.data(), static_cast<DWORD>(buffer.size()), nullptr, &operation);
      };
      if (const auto end = finish(read, "ReadFile", bytes)) return *end;
      reader.feed(ByteView{buffer}.first(bytes));
      if (const std::optional<protocol::Frame> frame = reader.next()) {
        const bool answered =
            frame->header.type == protocol::FrameType::hello_ack && protocol::decode_hello_ack(frame->meta).ok();
        return answered ? ProbeResult{Verdict::answered, {}}
                        : ProbeResult{Verdict::failed, "the answer to HELLO can't be understood"};
      }
      if (reader.error()) return {Verdict::failed, "the answer to HELLO is no frame"};
    }
  }

  /// Starts an operation and waits for it; the probe's end when that does not go well.
  template <typename Start>
  End finish(const Start& start, std::string_view call, DWORD& bytes) {
    OVERLAPPED operation{};
    operation.hEvent = done_.get();
    const BOOL started = start(operation);
    DWORD error = GetLastError();
    if (!started && error != ERROR_IO_PENDING) return failed(win::windows_error(error, call, environment_.pipe));
    const HANDLE events[] = {done_.get(), environment_.stop_requested};
    const DWORD count = environment_.stop_requested == nullptr ? 1 : 2;
    const DWORD signalled =
        WaitForMultipleObjects(count, events, FALSE, win::wait_milliseconds(clock_.now(), deadline_));
    // The operation lives on this stack: nothing may return before it is over.
    if (signalled != WAIT_OBJECT_0) CancelIoEx(pipe_.get(), &operation);
    const BOOL done = GetOverlappedResult(pipe_.get(), &operation, &bytes, TRUE);
    error = GetLastError();
    if (done) return std::nullopt;
    if (signalled == WAIT_OBJECT_0 + 1) return broken_off();
    if (signalled == WAIT_TIMEOUT) return ProbeResult{Verdict::failed, "HELLO is not answered"};
    return failed(win::windows_error(error, call, environment_.pipe));
  }

  [[nodiscard]] bool stop_comes_within(Duration time) const {
    const auto wait = static_cast<DWORD>(std::chrono::duration_cast<std::chrono::milliseconds>(time).count());
    if (environment_.stop_requested != nullptr) {
      return WaitForSingleObject(environment_.stop_requested, wait) == WAIT_OBJECT_0;
    }
    Sleep(wait);
    return false;
  }

  static ProbeResult broken_off() { return {Verdict::undecided, "a stop was asked for"}; }

  const SelfProbe::Environment& environment_;
  win::AwakeClock clock_;
  TimePoint deadline_;
  win::UniqueHandle pipe_;
  win::UniqueHandle done_;
};

}  // namespace

ProbeResult SelfProbe::run() const {
  return Probe{environment_}.run();
}

}  // namespace plugbroker::service
