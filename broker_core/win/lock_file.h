// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "broker_core/base/result.h"
#include "broker_core/win/unique_handle.h"

namespace plugbroker::win {

/// Keeps a second service away from the same names: an open file that nobody else can open, deleted with the lock. It
/// ends with the process, however that ends.
class LockFile {
 public:
  /// already_exists, with a sentence that says so, when another process has it. The folder must exist.
  [[nodiscard]] static Result<LockFile> acquire(const std::wstring& path);

 private:
  explicit LockFile(UniqueHandle file) : file_(std::move(file)) {}

  UniqueHandle file_;
};

/// A file name for the lock of `pipe_name`: the same for names that Windows takes as the same.
[[nodiscard]] std::wstring lock_file_name(const std::wstring& pipe_name);

}  // namespace plugbroker::win
