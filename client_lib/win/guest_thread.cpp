// SPDX-License-Identifier: Apache-2.0
#include "client_lib/win/guest_thread.h"

#include <atomic>
#include <new>

#include "client_lib/win/locks.h"
#include "client_lib/win/unique_handle.h"

namespace plugbroker::client {

namespace {

enum class Progress : int { not_begun, begun, abandoned };

constexpr DWORD patience_ms = 1000;  // For the thread to begin, and for its last steps.
constexpr SIZE_T stack_bytes = 256 * 1024;

struct RunningThread {
  DWORD id = 0;
  RunningThread* next = nullptr;
};

// The threads that run a body now. The nodes are members of the threads' own blocks, so there is nothing to free.
constinit SrwLock running_lock;
constinit RunningThread* running_threads = nullptr;

void add_running(RunningThread& node) noexcept {
  const LockGuard guard(running_lock);
  node.id = GetCurrentThreadId();
  node.next = running_threads;
  running_threads = &node;
}

void remove_running(RunningThread& node) noexcept {
  const LockGuard guard(running_lock);
  RunningThread** at = &running_threads;
  while (*at != &node) at = &(*at)->next;
  *at = node.next;
}

}  // namespace

bool on_guest_thread() noexcept {
  const DWORD self = GetCurrentThreadId();
  const LockGuard guard(running_lock);
  for (const RunningThread* node = running_threads; node != nullptr; node = node->next) {
    if (node->id == self) return true;
  }
  return false;
}

/// Shared by the thread and its GuestThread; the last of the two frees it.
struct GuestThread::Control {
  Body body = nullptr;
  void* context = nullptr;
  HMODULE module = nullptr;
  UniqueHandle thread;
  UniqueHandle finished;
  std::atomic<Progress> progress{Progress::not_begun};
  std::atomic<int> owners{2};
  RunningThread running;
};

void GuestThread::release(Control* control) noexcept {
  if (control->owners.fetch_sub(1) == 1) delete control;
}

DWORD WINAPI GuestThread::run(void* parameter) noexcept {
  auto* control = static_cast<Control*>(parameter);
  const HMODULE module = control->module;
  Progress expected = Progress::not_begun;
  if (control->progress.compare_exchange_strong(expected, Progress::begun)) {
    add_running(control->running);
    control->body(control->context);
    remove_running(control->running);
    SetEvent(control->finished.get());
  }
  release(control);
  FreeLibraryAndExitThread(module, 0);
}

bool GuestThread::start(Body body, void* context) noexcept {
  auto* control = new (std::nothrow) Control;
  if (control == nullptr) {
    SetLastError(ERROR_NOT_ENOUGH_MEMORY);
    return false;
  }
  control->body = body;
  control->context = context;
  control->finished.reset(CreateEventW(nullptr, TRUE, FALSE, nullptr));
  const bool has_module =
      control->finished && GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
                                              reinterpret_cast<LPCWSTR>(&GuestThread::run), &control->module) != 0;
  if (has_module) {
    control->thread.reset(
        CreateThread(nullptr, stack_bytes, &GuestThread::run, control, STACK_SIZE_PARAM_IS_A_RESERVATION, nullptr));
  }
  if (!control->thread) {
    const DWORD error = GetLastError();
    if (has_module) FreeLibrary(control->module);
    delete control;
    SetLastError(error);
    return false;
  }
  control_ = control;
  return true;
}

void GuestThread::join() noexcept {
  Control* control = control_;
  if (control == nullptr) return;
  control_ = nullptr;
  if (WaitForSingleObject(control->finished.get(), patience_ms) != WAIT_OBJECT_0) {
    Progress expected = Progress::not_begun;
    const bool never_began = control->progress.compare_exchange_strong(expected, Progress::abandoned);
    if (!never_began) WaitForSingleObject(control->finished.get(), INFINITE);
  }
  WaitForSingleObject(control->thread.get(), patience_ms);
  release(control);
}

}  // namespace plugbroker::client
