// SPDX-License-Identifier: Apache-2.0
#include "client_lib/win/operation.h"

#include <new>
#include <utility>

namespace plugbroker::client {

namespace {

plugbroker_reply* new_reply(Client& client) {
  plugbroker_reply* reply = client.replies().take();
  if (reply == nullptr) throw std::bad_alloc();
  return reply;
}

}  // namespace

Operation::Operation(Client& client, const CallHead& head, ByteView request)
    : client_(client),
      request_(request.begin(), request.end()),
      head_(head),
      reply_(new_reply(client)),
      call_(reply_->outcome) {
  client_.retain();
  call_.owner = static_cast<CallWatcher*>(this);
  call_.head = head_.head();
  call_.request.borrow(request_);
}

Operation::~Operation() {
  attachment_.detach();
  ReplyPool::give_back(reply_);
  client_.release();
}

Result<Operation*> Operation::start(Client& client, const CallHead& head, ByteView request, const CallLimits& limits,
                                    Cancellation* cancellation, Callback callback, void* context, bool has_handle) {
  {
    const Client::Access access(client);
    if (access.refusal() != StatusCode::ok) return {access.refusal(), "the client takes no more calls"};
    if (!client.reserve_pending(request.size())) {
      return {StatusCode::resource_exhausted, "the requests that are pending are larger than max_pending_bytes"};
    }
  }
  Operation* operation = nullptr;
  try {
    operation = new Operation(client, head, request);
  } catch (...) {
    const Client::Access access(client);
    client.release_pending(request.size());
    throw;
  }
  operation->callback_ = callback;
  operation->context_ = context;
  limits.apply(operation->call_);
  operation->references_ = has_handle ? 3 : 2;  // The handle's, its own, and this function's.
  StatusCode refused = StatusCode::ok;
  {
    Client::Access access(client);
    refused = access.refusal();
    try {
      if (refused == StatusCode::ok) {
        const TimePoint now = awake_now();
        operation->call_.deadline = now + limits.timeout;
        access.session().submit(operation->call_, now);
      }
    } catch (...) {
      refused = StatusCode::resource_exhausted;
    }
    if (refused != StatusCode::ok) client.release_pending(operation->request_.size());
  }
  if (refused != StatusCode::ok) {
    delete operation;
    return {refused, "the call could not be started"};
  }
  operation->attachment_.attach(cancellation, client, operation->call_);
  operation->release();
  return operation;
}

void Operation::call_changed() noexcept {
  if (!call_.ended() || completed_) return;
  completed_ = true;
  client_.release_pending(request_.size());
  request_ = {};
  if (event_) SetEvent(event_.get());
  ended_.wake_all();
  client_.complete(*this);
}

void Operation::finished() noexcept {
  if (callback_ != nullptr) {
    plugbroker_reply* reply = std::exchange(reply_, nullptr);
    callback_(context_, static_cast<std::int32_t>(reply->outcome.status), reply);
  }
  release();
}

HANDLE Operation::event() noexcept {
  const Client::Access access(client_);
  if (!event_) event_.reset(CreateEventW(nullptr, TRUE, completed_ ? TRUE : FALSE, nullptr));
  return event_.get();
}

bool Operation::wait(Duration timeout) noexcept {
  const TimePoint until = awake_now() + timeout;
  Client::Access access(client_);
  access.leave_asleep();
  while (!completed_) {
    if (awake_now() >= until) return false;
    access.wait(ended_, call_, until);
  }
  return true;
}

plugbroker_reply* Operation::take_reply() noexcept {
  Client::Access access(client_);
  access.leave_asleep();
  // With a callback the reply is the callback's.
  return completed_ && callback_ == nullptr ? std::exchange(reply_, nullptr) : nullptr;
}

bool Operation::ended() noexcept {
  Client::Access access(client_);
  access.leave_asleep();
  return completed_;
}

void Operation::cancel() noexcept {
  client_.cancel(call_);
}

void Operation::destroy() noexcept {
  cancel();
  release();
}

}  // namespace plugbroker::client
