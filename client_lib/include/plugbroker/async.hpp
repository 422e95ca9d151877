// SPDX-License-Identifier: Apache-2.0
// Part of plugbroker.hpp: calls that nobody waits for.
#ifndef PLUGBROKER_ASYNC_HPP
#define PLUGBROKER_ASYNC_HPP

#include <chrono>
#include <coroutine>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "plugbroker/values.hpp"

PLUGBROKER_CXX_BEGIN

/// A call for co_await: starts when it is awaited, and gives a Result<Reply>. Await it once.
///
/// The coroutine goes on on the library's own thread, in a callback as plugbroker.h describes it: what waits fails
/// there, and all I/O of the client waits meanwhile. Move to a thread of your own before you do long work. The request
/// must stay valid until the co_await has begun, the client until it has ended. So a Client is not to be a local
/// variable of the coroutine, unless that moves to another thread before its end: a Client can't be destroyed on the
/// library's thread.
class AsyncCall {
 public:
  AsyncCall(plugbroker_client* client, std::string route, std::span<const std::byte> request, CallOptions options)
      : client_(client), route_(std::move(route)), request_(request), options_(std::move(options)) {}

  [[nodiscard]] bool await_ready() const noexcept { return false; }
  [[nodiscard]] bool await_suspend(std::coroutine_handle<> waiting) {
    waiting_ = waiting;
    // From a started call on, this may be gone: the coroutine may have gone on, and ended, on the other thread.
    const plugbroker_status status = plugbroker_call_start(client_, route_.c_str(), request_.data(), request_.size(),
                                                           detail::CCallOptions(options_).get(), &ended, this, nullptr);
    if (status == PLUGBROKER_OK) return true;
    not_started_ = status;
    return false;
  }
  [[nodiscard]] Result<Reply> await_resume() {
    if (not_started_ != PLUGBROKER_OK) return error_of(not_started_, "the call could not be started");
    return result_of(reply_);
  }

 private:
  static void PLUGBROKER_ABI ended(void* self, plugbroker_status, plugbroker_reply* reply) {
    auto* call = static_cast<AsyncCall*>(self);
    call->reply_ = reply;
    call->waiting_.resume();
  }

  plugbroker_client* client_;
  std::string route_;
  std::span<const std::byte> request_;
  CallOptions options_;
  std::coroutine_handle<> waiting_;
  plugbroker_reply* reply_ = nullptr;
  plugbroker_status not_started_ = PLUGBROKER_OK;
};

/// A call that runs by itself. Move-only; destroying it cancels it.
class Operation {
 public:
  /// Takes over `operation`.
  explicit Operation(plugbroker_operation* operation) noexcept : operation_(operation) {}

  /// A HANDLE; see plugbroker_operation_event.
  [[nodiscard]] void* event() const noexcept { return plugbroker_operation_event(operation_.get()); }
  /// Whether it has ended, after waiting at most so long.
  [[nodiscard]] bool wait(std::chrono::microseconds timeout) const noexcept {
    return plugbroker_operation_wait(operation_.get(), timeout.count()) == PLUGBROKER_OK;
  }
  /// Once, after it has ended.
  [[nodiscard]] Result<Reply> result() const {
    plugbroker_reply* reply = nullptr;
    const plugbroker_status status = plugbroker_operation_result(operation_.get(), &reply);
    if (reply == nullptr) return error_of(status, "the call still runs, or its reply was taken");
    return result_of(reply);
  }
  void cancel() const noexcept { plugbroker_operation_cancel(operation_.get()); }

 private:
  struct Destroy {
    void operator()(plugbroker_operation* operation) const noexcept { plugbroker_operation_destroy(operation); }
  };
  std::unique_ptr<plugbroker_operation, Destroy> operation_;
};

PLUGBROKER_CXX_END

#endif  // PLUGBROKER_ASYNC_HPP
