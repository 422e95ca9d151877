// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <vector>

#include "broker_core/base/bytes.h"
#include "broker_core/protocol/frame_reader.h"
#include "broker_core/win/unique_handle.h"

namespace plugbroker::bench {

/// A worker without a process: answers `echo` on its end of a channel, on the thread that calls serve(), until the
/// channel is closed. Errors are std::runtime_error.
class EchoChannel {
 public:
  /// `pipe` is for overlapped I/O.
  explicit EchoChannel(win::UniqueHandle pipe);

  void serve();

 private:
  /// Waits for the end of `operation` and returns its bytes; 0 when the pipe was closed.
  [[nodiscard]] DWORD finish(BOOL done, OVERLAPPED& operation);
  void write();
  void take(const protocol::Frame& frame);

  win::UniqueHandle pipe_;
  win::UniqueHandle event_;
  protocol::FrameReader reader_;
  std::vector<std::byte> output_;
};

}  // namespace plugbroker::bench
