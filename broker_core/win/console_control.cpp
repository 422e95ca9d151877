// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/console_control.h"

#include <windows.h>

#include <mutex>
#include <utility>

#include "broker_core/base/assert.h"
#include "broker_core/win/windows_error.h"

namespace plugbroker::win {
namespace {

// The system calls a plain function, so what it calls has to be found without an argument.
std::mutex handler_mutex;
std::function<void()> handler;

BOOL WINAPI console_event(DWORD) {
  const std::lock_guard lock(handler_mutex);
  if (!handler) return FALSE;
  handler();
  return TRUE;
}

void set_handler(std::function<void()> next) {
  const std::lock_guard lock(handler_mutex);
  handler = std::move(next);
}

bool has_handler() {
  const std::lock_guard lock(handler_mutex);
  return static_cast<bool>(handler);
}

}  // namespace

Result<ConsoleControl> ConsoleControl::install(std::function<void()> on_stop) {
  PLUGBROKER_ASSERT(!has_handler());
  set_handler(std::move(on_stop));
  const BOOL done = SetConsoleCtrlHandler(&console_event, TRUE);
  const DWORD error = GetLastError();
  if (done) return ConsoleControl();
  set_handler({});
  return windows_error(error, "SetConsoleCtrlHandler", std::string_view{});
}

ConsoleControl::ConsoleControl(ConsoleControl&& other) noexcept : installed_(std::exchange(other.installed_, false)) {}

ConsoleControl::~ConsoleControl() {
  if (!installed_) return;
  SetConsoleCtrlHandler(&console_event, FALSE);
  set_handler({});
}

}  // namespace plugbroker::win
