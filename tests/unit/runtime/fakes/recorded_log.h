// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <string_view>
#include <vector>

#include "broker_core/base/log_sink.h"

namespace plugbroker::test {

/// Keeps every record.
class RecordedLog final : public LogSink {
 public:
  void write(const LogRecord& record) override {
    const std::lock_guard lock(mutex_);
    records_.push_back(record);
  }
  [[nodiscard]] std::vector<LogRecord> records() const {
    const std::lock_guard lock(mutex_);
    return records_;
  }
  [[nodiscard]] std::vector<LogRecord> of_event(std::string_view event) const {
    std::vector<LogRecord> found = records();
    std::erase_if(found, [event](const LogRecord& record) { return record.event != event; });
    return found;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<LogRecord> records_;
};

}  // namespace plugbroker::test
