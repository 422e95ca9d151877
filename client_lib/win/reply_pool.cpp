// SPDX-License-Identifier: Apache-2.0
#include "client_lib/win/reply_pool.h"

#include <new>
#include <utility>

namespace plugbroker::client {

ReplyPool* ReplyPool::create() noexcept {
  return new (std::nothrow) ReplyPool;
}

void ReplyPool::close() noexcept {
  bool last = false;
  plugbroker_reply* unused = nullptr;
  {
    const LockGuard guard(lock_);
    unused = std::exchange(free_, nullptr);
    kept_ = max_kept;  // Nothing more is kept.
    last = --owners_ == 0;
  }
  while (unused != nullptr) delete std::exchange(unused, unused->next);
  if (last) delete this;
}

plugbroker_reply* ReplyPool::take() noexcept {
  {
    const LockGuard guard(lock_);
    if (free_ != nullptr) {
      ++owners_;
      --kept_;
      return std::exchange(free_, free_->next);
    }
  }
  auto* made = new (std::nothrow) plugbroker_reply;
  if (made == nullptr) return nullptr;
  made->pool = this;
  const LockGuard guard(lock_);
  ++owners_;
  return made;
}

void ReplyPool::give_back(plugbroker_reply* reply) noexcept {
  if (reply == nullptr) return;
  if (reply->pool == nullptr) {
    delete reply;
  } else {
    reply->pool->keep_or_free(reply);
  }
}

void ReplyPool::keep_or_free(plugbroker_reply* reply) noexcept {
  const bool small = reply->outcome.data.capacity() <= max_kept_bytes;
  reply->outcome.clear();
  bool last = false;
  {
    const LockGuard guard(lock_);
    if (small && kept_ < max_kept) {
      reply->next = free_;
      free_ = std::exchange(reply, nullptr);
      ++kept_;
    }
    last = --owners_ == 0;
  }
  delete reply;
  if (last) delete this;
}

}  // namespace plugbroker::client
