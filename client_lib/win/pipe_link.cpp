// SPDX-License-Identifier: Apache-2.0
#include "client_lib/win/pipe_link.h"

namespace plugbroker::client {

namespace {

/// Room for a small call and the control frames before it, so that the buffer need not grow in the middle of a day.
constexpr std::size_t first_write_bytes = 16 * 1024;

}  // namespace

PipeLink::PipeLink(ConnectionId id, UniqueHandle pipe)
    : id_(id), pipe_(std::move(pipe)), read_buffer_(limits::read_buffer_bytes) {
  read_.event.reset(CreateEventW(nullptr, TRUE, FALSE, nullptr));
  write_.event.reset(CreateEventW(nullptr, TRUE, FALSE, nullptr));
  write_buffer_.reserve(first_write_bytes);
}

PipeLink::~PipeLink() {
  cancel(read_);
  cancel(write_);
}

void PipeLink::prepare(Operation& operation) noexcept {
  operation.overlapped = {};
  operation.overlapped.hEvent = operation.event.get();
}

void PipeLink::fail(const char* function, DWORD error) noexcept {
  if (error_ != 0) return;
  error_ = error;
  failed_function_ = function;
}

void PipeLink::read() {
  if (read_.outstanding || error_ != 0) return;
  prepare(read_);
  const BOOL done =
      ReadFile(pipe_.get(), read_buffer_.data(), static_cast<DWORD>(read_buffer_.size()), nullptr, &read_.overlapped);
  const DWORD error = GetLastError();
  read_.outstanding = done != 0 || error == ERROR_IO_PENDING;
  if (!read_.outstanding) fail("ReadFile", error);
}

void PipeLink::write() {
  if (error_ != 0) return;
  prepare(write_);
  const BOOL done = WriteFile(pipe_.get(), write_buffer_.data(), static_cast<DWORD>(write_buffer_.size()), nullptr,
                              &write_.overlapped);
  const DWORD error = GetLastError();
  write_.outstanding = done != 0 || error == ERROR_IO_PENDING;
  if (!write_.outstanding) fail("WriteFile", error);
}

bool PipeLink::has_completion() const noexcept {
  return (read_.outstanding && HasOverlappedIoCompleted(&read_.overlapped)) ||
         (write_.outstanding && HasOverlappedIoCompleted(&write_.overlapped));
}

std::optional<DWORD> PipeLink::take(Operation& operation, const char* function) noexcept {
  if (!operation.outstanding || !HasOverlappedIoCompleted(&operation.overlapped)) return std::nullopt;
  DWORD bytes = 0;
  const BOOL done = GetOverlappedResult(pipe_.get(), &operation.overlapped, &bytes, FALSE);
  const DWORD error = GetLastError();
  operation.outstanding = false;
  // Windows cancels a thread's operations when the thread ends, such as a caller's that did the I/O of its call: a read
  // is simply begun again. A write may have been done in part.
  const bool repeat = done == 0 && error == ERROR_OPERATION_ABORTED && &operation == &read_;
  if (done == 0 && !repeat) fail(function, error);
  if (done == 0) return std::nullopt;
  return bytes;
}

std::optional<ByteView> PipeLink::take_read() {
  const auto bytes = take(read_, "ReadFile");
  if (!bytes) return std::nullopt;
  return ByteView{read_buffer_}.first(*bytes);
}

void PipeLink::take_write() {
  const auto bytes = take(write_, "WriteFile");
  if (!bytes) return;
  if (*bytes != write_buffer_.size()) fail("WriteFile (short)", ERROR_WRITE_FAULT);
  write_buffer_.clear();
}

void PipeLink::cancel(Operation& operation) noexcept {
  if (!operation.outstanding) return;
  CancelIoEx(pipe_.get(), &operation.overlapped);
  DWORD bytes = 0;
  GetOverlappedResult(pipe_.get(), &operation.overlapped, &bytes, TRUE);
  operation.outstanding = false;
}

}  // namespace plugbroker::client
