// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <functional>
#include <memory>
#include <system_error>
#include <utility>

#include "client_lib/win/unique_handle.h"

namespace plugbroker::client {

/// A thread of the test server, joined on destruction. It is made of nothing but Windows: mingw's std::thread and
/// std::mutex keep an event for good when two threads meet in them, which a count of handles would find now and then.
class ServerThread {
 public:
  explicit ServerThread(std::function<void()> body) : body_(std::make_unique<std::function<void()>>(std::move(body))) {
    thread_.reset(CreateThread(nullptr, 0, &ServerThread::run, body_.get(), 0, nullptr));
    const DWORD error = GetLastError();
    if (!thread_) throw std::system_error(static_cast<int>(error), std::system_category(), "CreateThread");
  }
  ServerThread(ServerThread&&) noexcept = default;
  ServerThread& operator=(ServerThread&&) = delete;
  ~ServerThread() {
    if (thread_) WaitForSingleObject(thread_.get(), INFINITE);
  }

 private:
  static DWORD WINAPI run(void* body) noexcept {
    (*static_cast<std::function<void()>*>(body))();
    return 0;
  }

  std::unique_ptr<std::function<void()>> body_;
  UniqueHandle thread_;
};

}  // namespace plugbroker::client
