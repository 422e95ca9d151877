// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Poco/AsyncChannel.h>
#include <Poco/AutoPtr.h>
#include <Poco/Channel.h>

#include <atomic>
#include <cstdint>

#include "broker_core/base/log_sink.h"
#include "broker_core/log/queue_settings.h"

namespace plugbroker::log {

/// Makes lines on the caller's thread and hands them to a Poco channel on a thread of its own.
///
/// A line that finds more than `max_queued_bytes` waiting is dropped and counted; the next line that is written is
/// preceded by one with the event `log_lines_dropped` that says how many. A channel that throws costs that line, which
/// is counted the same way. The destructor writes what is queued.
class QueuedLog : public LogSink {
 public:
  /// `target` is used by one thread at a time.
  QueuedLog(Poco::AutoPtr<Poco::Channel> target, QueueSettings settings);
  ~QueuedLog() override;
  QueuedLog(const QueuedLog&) = delete;
  QueuedLog& operator=(const QueuedLog&) = delete;

  void write(const LogRecord& record) override;

  /// Lines lost so far.
  [[nodiscard]] std::uint64_t dropped() const;

 private:
  class Outlet;

  QueueSettings settings_;
  Poco::AutoPtr<Outlet> outlet_;
  Poco::AutoPtr<Poco::AsyncChannel> queue_;
};

}  // namespace plugbroker::log
