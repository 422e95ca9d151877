// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

namespace plugbroker::client {

/// A thread in somebody else's process.
///
/// It holds a reference to the module that this code is in and ends by FreeLibraryAndExitThread, so that the code can't
/// be unloaded under it. join() does not depend on the loader lock: it returns when the body is over, and waits for the
/// thread's last steps, which need that lock, only for a moment.
class GuestThread {
 public:
  /// Must not throw.
  using Body = void (*)(void* context) noexcept;

  GuestThread() noexcept = default;
  GuestThread(const GuestThread&) = delete;
  GuestThread& operator=(const GuestThread&) = delete;
  /// join() must have been called if start() returned true.
  ~GuestThread() = default;

  /// False when Windows gives no thread; GetLastError() says why. Called once.
  [[nodiscard]] bool start(Body body, void* context) noexcept;

  /// Waits until the body has returned. If the thread never began (the host holds the loader lock), it never will run
  /// the body. The context is not used any more afterwards.
  void join() noexcept;

 private:
  struct Control;
  static DWORD WINAPI run(void* parameter) noexcept;
  static void release(Control* control) noexcept;

  Control* control_ = nullptr;
};

/// True on a thread that a GuestThread of this copy of the library runs: inside a callback of the library.
[[nodiscard]] bool on_guest_thread() noexcept;

}  // namespace plugbroker::client
