// SPDX-License-Identifier: Apache-2.0
#include "client_lib/core/incoming_messages.h"

#include <utility>

namespace plugbroker::client {

std::uint32_t IncomingMessages::append(ByteView bytes, bool more, std::uint32_t charge) {
  const bool begins = !in_message();
  if (begins) messages_.emplace_back();
  Message& message = messages_.back();
  try {
    message.bytes.insert(message.bytes.end(), bytes.begin(), bytes.end());
  } catch (...) {
    if (begins) messages_.pop_back();
    throw;
  }
  message.charge += charge;
  if (!more) {
    ++whole_;
    return 0;
  }
  return whole_ == 0 ? std::exchange(message.charge, 0) : 0;
}

IncomingMessages::Taken IncomingMessages::take() noexcept {
  Message& oldest = messages_[first_];
  Taken taken{std::move(oldest.bytes), oldest.charge};
  ++first_;
  --whole_;
  if (whole_ == 0 && in_message()) taken.credit += std::exchange(messages_[first_].charge, 0);
  // Moves the rest only when that costs no more than was taken since the last time.
  if (first_ * 2 >= messages_.size()) {
    messages_.erase(messages_.begin(), messages_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
  return taken;
}

void IncomingMessages::drop_begun() noexcept {
  if (in_message()) messages_.pop_back();
}

void IncomingMessages::drop_all() noexcept {
  messages_ = {};
  first_ = 0;
  whole_ = 0;
}

}  // namespace plugbroker::client
