// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace plugbroker::harness {

/// Owns a kernel handle; INVALID_HANDLE_VALUE and null are both "none".
class WindowsHandle {
 public:
  WindowsHandle() = default;
  explicit WindowsHandle(HANDLE handle) noexcept : handle_(handle == INVALID_HANDLE_VALUE ? nullptr : handle) {}
  WindowsHandle(WindowsHandle&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  WindowsHandle& operator=(WindowsHandle&& other) noexcept {
    if (this != &other) {
      close();
      handle_ = std::exchange(other.handle_, nullptr);
    }
    return *this;
  }
  ~WindowsHandle() { close(); }

  [[nodiscard]] HANDLE get() const noexcept { return handle_; }
  explicit operator bool() const noexcept { return handle_ != nullptr; }
  void close() noexcept {
    if (handle_ != nullptr) CloseHandle(std::exchange(handle_, nullptr));
  }

 private:
  HANDLE handle_ = nullptr;
};

/// Thrown by the harness when the machine does not do what a test needs; it fails the test.
class HarnessError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throws HarnessError with the call's name and the last error. Call it on the line after the failing call.
[[noreturn]] inline void throw_last_error(const std::string& call) {
  const DWORD error = GetLastError();
  throw HarnessError(call + ": error " + std::to_string(error));
}

}  // namespace plugbroker::harness
