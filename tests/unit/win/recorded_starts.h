// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <cstdint>
#include <string>
#include <vector>

#include "broker_core/win/unique_handle.h"

namespace plugbroker::test {

/// Remembers the system calls of a worker's start that this thread's launch_worker() makes while it lives, in their
/// order, and passes them on: for what a system accepts without obeying. One at a time.
class RecordedStarts {
 public:
  RecordedStarts();
  ~RecordedStarts();
  RecordedStarts(const RecordedStarts&) = delete;
  RecordedStarts& operator=(const RecordedStarts&) = delete;

  std::vector<std::string> calls;

  // What CreateRestrictedToken and SetTokenInformation were asked for.
  DWORD filter_flags = 0;
  std::vector<std::string> deny_only;
  std::vector<std::string> restricting;
  DWORD privileges_deleted = 0;
  std::string integrity_sid;

  /// The system gives this process's own token for that of the worker, as one that ignored every request would.
  bool worker_has_our_token = false;
  /// The worker that was created last.
  win::UniqueHandle worker;
};

}  // namespace plugbroker::test
