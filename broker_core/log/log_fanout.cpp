// SPDX-License-Identifier: Apache-2.0
#include "broker_core/log/log_fanout.h"

#include <utility>

namespace plugbroker::log {

LogFanout::LogFanout(std::vector<std::unique_ptr<LogSink>> sinks) : sinks_(std::move(sinks)) {}

void LogFanout::write(const LogRecord& record) {
  for (const std::unique_ptr<LogSink>& sink : sinks_) sink->write(record);
}

}  // namespace plugbroker::log
