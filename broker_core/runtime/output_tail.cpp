// SPDX-License-Identifier: Apache-2.0
#include "broker_core/runtime/output_tail.h"

#include <algorithm>
#include <string_view>

namespace plugbroker::runtime {

void OutputTail::feed(ByteView bytes) {
  std::string_view text = as_text(bytes);
  const std::lock_guard lock(mutex_);
  if (text.size() > kept_) {
    lost_ += text.size() - kept_;
    text.remove_prefix(text.size() - kept_);
  }
  const std::size_t appended = std::min(text.size(), kept_ - ring_.size());
  ring_.append(text.substr(0, appended));
  text.remove_prefix(appended);
  lost_ += text.size();
  while (!text.empty()) {
    const std::size_t piece = std::min(text.size(), kept_ - oldest_);
    text.copy(ring_.data() + oldest_, piece);
    oldest_ = (oldest_ + piece) % kept_;
    text.remove_prefix(piece);
  }
}

void OutputTail::complete() {
  {
    const std::lock_guard lock(mutex_);
    complete_ = true;
  }
  completed_.notify_all();
}

bool OutputTail::wait_complete(std::chrono::milliseconds at_most) const {
  std::unique_lock lock(mutex_);
  return completed_.wait_for(lock, at_most, [this] { return complete_; });
}

std::string OutputTail::text() const {
  const std::lock_guard lock(mutex_);
  return ring_.substr(oldest_) + ring_.substr(0, oldest_);
}

std::uint64_t OutputTail::lost_bytes() const {
  const std::lock_guard lock(mutex_);
  return lost_;
}

}  // namespace plugbroker::runtime
