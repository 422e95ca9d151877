// SPDX-License-Identifier: Apache-2.0
#include "client_lib/win/cancellation.h"

#include "client_lib/win/client.h"

namespace plugbroker::client {

void Cancellation::cancel() noexcept {
  const LockGuard guard(lock_);
  cancelled_ = true;
  for (Attachment* at = attached_; at != nullptr; at = at->next_) at->client_->cancel(*at->call_);
}

void Cancellation::release() noexcept {
  bool last = false;
  {
    const LockGuard guard(lock_);
    last = --owners_ == 0;
  }
  if (last) delete this;
}

void Cancellation::Attachment::attach(Cancellation* to, Client& client, Call& call) noexcept {
  if (to == nullptr) return;
  to_ = to;
  client_ = &client;
  call_ = &call;
  const LockGuard guard(to->lock_);
  ++to->owners_;
  next_ = to->attached_;
  to->attached_ = this;
  if (to->cancelled_) client.cancel(call);
}

void Cancellation::Attachment::detach() noexcept {
  if (to_ == nullptr) return;
  {
    const LockGuard guard(to_->lock_);
    Attachment** at = &to_->attached_;
    while (*at != this) at = &(*at)->next_;
    *at = next_;
  }
  to_->release();
  to_ = nullptr;
}

}  // namespace plugbroker::client
