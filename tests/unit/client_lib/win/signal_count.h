// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <mutex>

namespace plugbroker::client {

/// Counts what has happened; a thread waits for the next one. (std::counting_semaphore of GCC 12 loses wake-ups.)
class SignalCount {
 public:
  void release(int count = 1) {
    const std::lock_guard lock(mutex_);
    count_ += count;
    changed_.notify_all();
  }
  void acquire() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return count_ > 0; });
    --count_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

}  // namespace plugbroker::client
