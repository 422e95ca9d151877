// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <cstddef>
#include <optional>
#include <vector>

#include "broker_core/base/bytes.h"
#include "broker_core/base/limits.h"
#include "broker_core/base/strong_id.h"
#include "client_lib/win/unique_handle.h"

namespace plugbroker::client {

/// One pipe with at most one read and one write outstanding. Used by one thread.
///
/// Owns the buffers of its operations. Its destructor cancels what is outstanding and waits for its end, which is
/// immediate for a pipe, so that Windows never writes into freed memory.
class PipeLink {
 public:
  /// Nothing to wait for when the events could not be made: valid() is false.
  PipeLink(ConnectionId id, UniqueHandle pipe);
  PipeLink(const PipeLink&) = delete;
  PipeLink& operator=(const PipeLink&) = delete;
  ~PipeLink();

  [[nodiscard]] bool valid() const noexcept { return read_.event && write_.event; }
  [[nodiscard]] ConnectionId id() const noexcept { return id_; }

  /// Starts a read unless one is outstanding.
  void read();
  /// Starts writing what was put into write_buffer(). Only when !writing() and the buffer isn't empty.
  void write();

  [[nodiscard]] bool writing() const noexcept { return write_.outstanding; }
  /// To be filled before write(); not to be touched while writing().
  [[nodiscard]] std::vector<std::byte>& write_buffer() noexcept { return write_buffer_; }

  /// The bytes of a read that has completed, until the next read(); nothing while none has.
  [[nodiscard]] std::optional<ByteView> take_read();
  /// Notes a write that has completed, and empties write_buffer() then.
  void take_write();
  /// Set once an operation failed; 0 before. The name of the function that failed is failed_function().
  [[nodiscard]] DWORD error() const noexcept { return error_; }
  [[nodiscard]] const char* failed_function() const noexcept { return failed_function_; }

  /// True when take_read() or take_write() has something to take, without a system call.
  [[nodiscard]] bool has_completion() const noexcept;

  /// Signalled when the operation has completed; null when there is none outstanding.
  [[nodiscard]] HANDLE read_event() const noexcept { return read_.outstanding ? read_.event.get() : nullptr; }
  [[nodiscard]] HANDLE write_event() const noexcept { return write_.outstanding ? write_.event.get() : nullptr; }

 private:
  struct Operation {
    UniqueHandle event;
    OVERLAPPED overlapped{};
    bool outstanding = false;
  };

  void prepare(Operation& operation) noexcept;
  void fail(const char* function, DWORD error) noexcept;
  [[nodiscard]] std::optional<DWORD> take(Operation& operation, const char* function) noexcept;
  void cancel(Operation& operation) noexcept;

  ConnectionId id_;
  UniqueHandle pipe_;
  Operation read_;
  Operation write_;
  std::vector<std::byte> read_buffer_;
  std::vector<std::byte> write_buffer_;
  DWORD error_ = 0;
  const char* failed_function_ = "";
};

}  // namespace plugbroker::client
