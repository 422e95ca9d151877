// SPDX-License-Identifier: Apache-2.0
#include "broker_core/log/queued_log.h"

#include <Poco/Exception.h>
#include <Poco/Message.h>

#include <exception>
#include <functional>
#include <string>
#include <utility>

namespace plugbroker::log {
namespace {

// What a queued line costs beside its text.
constexpr std::size_t line_overhead = 64;

}  // namespace

/// Between Poco's queue and the target, on the queue's thread: takes the account of what is queued, reports drops, and
/// lets no exception end that thread.
class QueuedLog::Outlet : public Poco::Channel {
 public:
  Outlet(Poco::AutoPtr<Poco::Channel> target, std::function<WallTime()> wall_clock)
      : target_(std::move(target)), wall_clock_(std::move(wall_clock)) {}

  /// Takes room for a line; false, and counted, when there is none.
  bool reserve(std::size_t text_bytes, std::size_t max_queued_bytes) {
    const std::size_t charge = text_bytes + line_overhead;
    std::size_t before = queued_bytes_.load();
    do {
      if (before + charge > max_queued_bytes) {
        ++dropped_;
        return false;
      }
    } while (!queued_bytes_.compare_exchange_weak(before, before + charge));
    return true;
  }

  [[nodiscard]] std::uint64_t dropped() const { return dropped_.load(); }

  void log(const Poco::Message& message) override {
    const std::uint64_t dropped = dropped_.load();
    if (dropped != reported_ && write(drop_report(dropped - reported_))) reported_ = dropped;
    if (!write(message)) ++dropped_;
    queued_bytes_ -= message.getText().size() + line_overhead;
  }

  void report_rest() {
    const std::uint64_t dropped = dropped_.load();
    if (dropped != reported_) write(drop_report(dropped - reported_));
    target_->close();
  }

 private:
  [[nodiscard]] Poco::Message drop_report(std::uint64_t count) const {
    LogRecord record;
    record.level = LogLevel::warning;
    record.event = "log_lines_dropped";
    record.message = std::to_string(count) + " log lines were lost: they came faster than they could be written";
    return Poco::Message{"", log_line(record, wall_clock_()), Poco::Message::PRIO_WARNING};
  }

  bool write(const Poco::Message& message) {
    try {
      target_->log(message);
      return true;
    } catch (const Poco::Exception&) {
      return false;
    } catch (const std::exception&) {
      return false;
    }
  }

  Poco::AutoPtr<Poco::Channel> target_;
  std::function<WallTime()> wall_clock_;
  std::atomic<std::size_t> queued_bytes_{0};
  std::atomic<std::uint64_t> dropped_{0};
  std::uint64_t reported_ = 0;  // Of the queue's thread, and of the destructor's after that one has ended.
};

QueuedLog::QueuedLog(Poco::AutoPtr<Poco::Channel> target, QueueSettings settings)
    : settings_(std::move(settings)),
      outlet_(new Outlet(std::move(target), settings_.wall_clock)),
      queue_(new Poco::AsyncChannel(outlet_)) {
  // Never reached: the bytes run out first. Poco has no bound unless told.
  queue_->setProperty("queueSize", std::to_string(settings_.max_queued_bytes / line_overhead + 1));
  queue_->open();
}

QueuedLog::~QueuedLog() {
  queue_->close();
  outlet_->report_rest();
}

void QueuedLog::write(const LogRecord& record) {
  if (record.level < settings_.level) return;
  std::string line = log_line(record, settings_.wall_clock());
  if (!outlet_->reserve(line.size(), settings_.max_queued_bytes)) return;
  queue_->log(Poco::Message{"", line, Poco::Message::PRIO_INFORMATION});
}

std::uint64_t QueuedLog::dropped() const {
  return outlet_->dropped();
}

}  // namespace plugbroker::log
