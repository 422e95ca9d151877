// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <string>
#include <vector>

namespace plugbroker::test {

/// What one CreateNamedPipeW asked for.
struct RequestedPipe {
  std::wstring name;
  DWORD open_mode = 0;
  DWORD pipe_mode = 0;
};

/// Remembers some system calls that this program makes while it lives, and passes them on: for what a system accepts
/// without obeying. One at a time, and only while no other thread makes these calls.
class RecordedCalls {
 public:
  RecordedCalls();
  ~RecordedCalls();
  RecordedCalls(const RecordedCalls&) = delete;
  RecordedCalls& operator=(const RecordedCalls&) = delete;

  std::vector<RequestedPipe> pipes;
  /// ImpersonateNamedPipeClient, "OpenThreadToken as self" (or not so), RevertToSelf.
  std::vector<std::string> identity;
};

}  // namespace plugbroker::test
