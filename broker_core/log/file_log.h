// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "broker_core/base/result.h"
#include "broker_core/log/queue_settings.h"

namespace plugbroker::log {

struct FileLogSettings {
  std::string folder;  ///< UTF-8; made if missing, with its parents.
  std::uint64_t max_file_bytes = 10 * 1024 * 1024;
  std::uint32_t max_files = 10;  ///< At least 2; the one being written included.
  QueueSettings queue;
};

/// A QueuedLog that writes to `plugbroker.log` in the folder. When it has reached its size it becomes
/// `plugbroker.log.0` (the newest of the old ones), and the oldest is deleted. An existing file is continued.
///
/// A folder that can't be made or written is a failed_precondition that names it.
[[nodiscard]] Result<std::unique_ptr<LogSink>> open_file_log(const FileLogSettings& settings);

}  // namespace plugbroker::log
