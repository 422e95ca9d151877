// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/pipe_connection.h"

#include <utility>

#include "broker_core/base/assert.h"
#include "broker_core/base/limits.h"
#include "broker_core/win/windows_error.h"

namespace plugbroker::win {

PipeConnection::PipeConnection(ConnectionId id, UniqueHandle pipe, Reading reading, PipeConnectionOwner& owner)
    : id_(id), pipe_(std::move(pipe)), reading_(reading), owner_(owner), probing_(reading == Reading::lent_buffer) {
  if (reading_ == Reading::own_buffer) read_buffer_.resize(limits::read_buffer_bytes);
}

PipeConnection::~PipeConnection() {
  PLUGBROKER_ASSERT(!read_pending_ && !write_pending_);
}

bool PipeConnection::may_read() const {
  return !read_pending_ && !input_ended_ && !aborted_;
}

bool PipeConnection::finished() const {
  return (input_ended_ || aborted_) && !read_pending_ && !write_pending_ && !write_done_;
}

void PipeConnection::proceed() {
  report_write();
  emptied_ = false;
  for (int reads = 0; reads < limits::max_synchronous_completions && !emptied_; ++reads) {
    if (!may_read()) return;
    start_read();
  }
  if (may_read()) owner_.schedule(id_);
}

void PipeConnection::start_read() {
  if (!probing_ && read_buffer_.empty()) read_buffer_ = owner_.lend_buffer();
  std::vector<std::byte>& target = probing_ ? kept_buffer_ : read_buffer_;
  read_.clear();
  DWORD bytes = 0;
  const BOOL done = ReadFile(pipe_.get(), target.empty() ? &empty_target_ : target.data(),
                             static_cast<DWORD>(target.size()), &bytes, &read_);
  const DWORD error = done ? 0 : GetLastError();
  if (error != ERROR_IO_PENDING) {
    take_read(error, bytes);
    return;
  }
  read_pending_ = true;
  // The pipe was empty after all, and now this session would own a buffer for as long as it is silent: take it back.
  if (!probing_ && reading_ == Reading::lent_buffer) CancelIoEx(pipe_.get(), &read_);
}

void PipeConnection::read_completed(DWORD error, DWORD bytes) {
  read_pending_ = false;
  take_read(error, bytes);
  owner_.schedule(id_);
}

void PipeConnection::take_read(DWORD error, DWORD bytes) {
  if (probing_) {
    take_probe(error, bytes);
    return;
  }
  if (error == 0) {
    emptied_ = bytes < read_buffer_.size();
    probing_ = reading_ == Reading::lent_buffer && emptied_;
    if (bytes != 0 && !closing_) owner_.sink().received(id_, ByteView{read_buffer_}.first(bytes));
  } else if (error == ERROR_OPERATION_ABORTED && !aborted_) {
    probing_ = reading_ == Reading::lent_buffer;
  } else {
    end_input(error, "ReadFile");
  }
  give_back_buffer();
}

void PipeConnection::take_probe(DWORD error, DWORD bytes) {
  if (error == 0) {
    const bool kept = !kept_buffer_.empty();
    emptied_ = bytes < kept_buffer_.size();
    probing_ = emptied_;
    used_ = true;
    if (bytes != 0 && !closing_) owner_.sink().received(id_, ByteView{kept_buffer_}.first(bytes));
    if (!kept && ++probes_ > 1 && owner_.may_keep_buffer(id_)) kept_buffer_.resize(limits::kept_buffer_bytes);
  } else if (error != ERROR_OPERATION_ABORTED || aborted_) {
    end_input(error, "ReadFile");
  }
  if (resting_) drop_kept_buffer();
}

void PipeConnection::rest() {
  resting_ = true;
  if (read_pending_ && probing_) {
    CancelIoEx(pipe_.get(), &read_);
  } else {
    drop_kept_buffer();
  }
}

void PipeConnection::drop_kept_buffer() {
  resting_ = false;
  probes_ = 0;
  std::vector<std::byte>{}.swap(kept_buffer_);
}

void PipeConnection::give_back_buffer() {
  if (reading_ == Reading::lent_buffer) owner_.return_buffer(std::exchange(read_buffer_, {}));
}

void PipeConnection::end_input(DWORD error, const char* call) {
  input_ended_ = true;
  if (!reason_.empty()) return;
  reason_ = error == ERROR_BROKEN_PIPE || error == ERROR_HANDLE_EOF
                ? std::string{"end of file"}
                : windows_error(error, call, std::string_view{}).message;
  // A peer that is gone reads nothing more.
  if (write_pending_) CancelIoEx(pipe_.get(), &write_);
}

void PipeConnection::write(std::vector<std::byte> bytes) {
  PLUGBROKER_ASSERT(!write_pending_ && !write_done_);
  if (aborted_ || input_ended_ || write_failed_) return;
  write_buffer_ = std::move(bytes);
  write_.clear();
  DWORD written = 0;
  const BOOL done =
      WriteFile(pipe_.get(), write_buffer_.data(), static_cast<DWORD>(write_buffer_.size()), &written, &write_);
  const DWORD error = done ? 0 : GetLastError();
  write_pending_ = true;
  if (error != ERROR_IO_PENDING) write_completed(error, written);
}

void PipeConnection::write_completed(DWORD error, DWORD bytes) {
  write_pending_ = false;
  const bool all_written = error == 0 && bytes == write_buffer_.size();
  owner_.return_written(std::exchange(write_buffer_, {}));
  if (all_written) {
    write_done_ = true;
  } else {
    // What the peer sent before it went is still read; the end of the input ends the connection.
    write_failed_ = true;
  }
  owner_.schedule(id_);
}

void PipeConnection::report_write() {
  if (!std::exchange(write_done_, false)) return;
  owner_.sink().write_completed(id_);
}

void PipeConnection::begin_close() {
  closing_ = true;
  owner_.schedule(id_);
}

void PipeConnection::abort() {
  if (aborted_) return;
  aborted_ = true;
  closing_ = true;
  if (reason_.empty()) reason_ = "closed";
  if (read_pending_ || write_pending_) CancelIoEx(pipe_.get(), nullptr);
  owner_.schedule(id_);
}

}  // namespace plugbroker::win
