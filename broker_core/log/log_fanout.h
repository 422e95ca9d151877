// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "broker_core/base/log_sink.h"

namespace plugbroker::log {

/// Hands each record to every one of its sinks, in order.
class LogFanout : public LogSink {
 public:
  explicit LogFanout(std::vector<std::unique_ptr<LogSink>> sinks);
  void write(const LogRecord& record) override;

 private:
  std::vector<std::unique_ptr<LogSink>> sinks_;
};

}  // namespace plugbroker::log
