// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "broker_core/base/log_sink.h"

namespace plugbroker::log {

using WallTime = std::chrono::system_clock::time_point;

/// One line without its end, the same for every sink:
///
///   2026-11-22T19:23:23.123Z warning worker_exited pool=markdown worker=3 message="exit code 1"
///
/// Time is UTC. Nothing in `record` can end the line, its quotes, or begin a field of its own. Of a message the first 8
/// KiB are shown.
[[nodiscard]] std::string log_line(const LogRecord& record, WallTime time);

}  // namespace plugbroker::log
