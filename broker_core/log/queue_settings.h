// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>

#include "broker_core/base/log_sink.h"
#include "broker_core/log/log_line.h"

namespace plugbroker::log {

struct QueueSettings {
  LogLevel level = LogLevel::information;          ///< What is below is left out.
  std::size_t max_queued_bytes = 4 * 1024 * 1024;  ///< Of lines that wait to be written.
  std::function<WallTime()> wall_clock = std::chrono::system_clock::now;
};

}  // namespace plugbroker::log
