// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <string>
#include <string_view>
#include <vector>

#include "broker_core/win/unique_handle.h"

namespace plugbroker::test {

/// A client end of a pipe that never blocks the test: start something, then ask whether it is done.
class PipeClient {
 public:
  enum class Sqos { identification, anonymous };

  /// Opens the pipe; is_open() says whether it worked, open_error() why not.
  explicit PipeClient(const std::wstring& name, Sqos sqos = Sqos::identification);
  ~PipeClient();
  PipeClient(const PipeClient&) = delete;
  PipeClient& operator=(const PipeClient&) = delete;

  [[nodiscard]] bool is_open() const { return static_cast<bool>(pipe_); }
  [[nodiscard]] DWORD open_error() const { return open_error_; }
  [[nodiscard]] HANDLE handle() const { return pipe_.get(); }

  /// Starts a write; one at a time.
  void write(std::string text);
  [[nodiscard]] bool write_ended();

  /// Reads what there is, without waiting; returns all that was read so far.
  const std::string& read();
  /// The other end is gone and everything was read.
  [[nodiscard]] bool at_end() const { return at_end_; }

  void close();

 private:
  [[nodiscard]] bool operation_ended(OVERLAPPED& operation, DWORD& bytes, DWORD& error) const;

  win::UniqueHandle pipe_;
  DWORD open_error_ = 0;
  OVERLAPPED read_{};
  OVERLAPPED write_{};
  std::string written_;
  std::vector<char> buffer_;
  std::string received_;
  bool reading_ = false;
  bool writing_ = false;
  bool at_end_ = false;
};

}  // namespace plugbroker::test
