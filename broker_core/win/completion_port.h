// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

namespace plugbroker::win {

/// One overlapped operation whose completion comes through a port. It must live, with its buffer, until completed() was
/// called; while it is outstanding it may not be started again.
class PortOperation : public OVERLAPPED {
 public:
  PortOperation() : OVERLAPPED{} {}
  virtual ~PortOperation() = default;
  PortOperation(const PortOperation&) = delete;
  PortOperation& operator=(const PortOperation&) = delete;

  /// `error` is 0 or a Win32 error. Called on the thread that serves the port.
  virtual void completed(DWORD error, DWORD bytes) = 0;

  /// The handle that the operation was started on.
  [[nodiscard]] virtual HANDLE file() const = 0;

  /// Call it before the system call that starts the operation.
  void clear() noexcept { static_cast<OVERLAPPED&>(*this) = OVERLAPPED{}; }
};

/// Tells the operation behind a packet of the port how it ended.
inline void finish_operation(OVERLAPPED& packet) {
  auto& operation = static_cast<PortOperation&>(packet);
  DWORD bytes = 0;
  const BOOL done = GetOverlappedResult(operation.file(), &operation, &bytes, FALSE);
  const DWORD error = done ? 0 : GetLastError();
  operation.completed(error, bytes);
}

}  // namespace plugbroker::win
