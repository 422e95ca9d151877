// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <string>

#include "broker_core/win/unique_handle.h"

namespace plugbroker::bench {

/// A worker that this process starts by itself: the same program with the same channel, and nothing around it. No job,
/// no limits, no restricted token, nobody who reads its output. Ended with this object. Errors are std::runtime_error.
class BareWorker {
 public:
  /// Starts it and returns when its READY has come. `program` is a path.
  explicit BareWorker(const std::string& program);
  /// Closes the channel, which a worker takes for the end, and waits for its exit.
  ~BareWorker();
  BareWorker(const BareWorker&) = delete;
  BareWorker& operator=(const BareWorker&) = delete;

 private:
  void wait_for_ready();

  win::UniqueHandle process_;
  win::UniqueHandle channel_;
};

}  // namespace plugbroker::bench
