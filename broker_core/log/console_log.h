// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <memory>

#include "broker_core/log/queue_settings.h"

namespace plugbroker::log {

/// A QueuedLog that writes each line to `stream` (stderr, as a rule), which must outlive the log, and flushes it.
[[nodiscard]] std::unique_ptr<LogSink> open_console_log(std::FILE* stream, QueueSettings settings);

}  // namespace plugbroker::log
