// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace plugbroker::runtime {

/// Does work beside a thread that must not wait for it.
class TaskRunner {
 public:
  virtual ~TaskRunner() = default;
  /// From any thread; never blocks. False, and nothing was taken, when as much work waits as may.
  [[nodiscard]] virtual bool run(std::function<void()> task) = 0;
};

/// Does it on a thread of its own, one task after the other, in the order in which they came.
class TaskThread final : public TaskRunner {
 public:
  /// At most `most_waiting` tasks wait, beside the one at hand.
  explicit TaskThread(std::size_t most_waiting);
  /// Waits for the one at hand; those that wait are dropped.
  ~TaskThread() override;
  TaskThread(const TaskThread&) = delete;
  TaskThread& operator=(const TaskThread&) = delete;

  [[nodiscard]] bool run(std::function<void()> task) override;

 private:
  void work();

  const std::size_t most_waiting_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;  ///< Guarded by mutex_, like what follows.
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace plugbroker::runtime
