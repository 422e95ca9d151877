// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "broker_core/base/log_sink.h"
#include "broker_core/base/time.h"
#include "service/event_table.h"

namespace plugbroker::service {

/// An event as the system takes it. Texts are UTF-8.
struct WindowsEvent {
  std::uint32_t whole_id = 0;
  EventSeverity severity = EventSeverity::information;
  std::uint16_t category = 0;
  std::vector<std::string> texts;  ///< event_texts of them.

  friend bool operator==(const WindowsEvent&, const WindowsEvent&) = default;
};

/// Where events go. Used by one thread at a time; may block.
class EventWriter {
 public:
  virtual ~EventWriter() = default;
  virtual void write(const WindowsEvent& event) = 0;
};

/// A text from anywhere for an event: as escaped_text(), clipped to limits::max_event_text_bytes, and with `%` before a
/// digit or another `%` as `\x25`, because viewers take `%1` in a text for a place where another one belongs.
[[nodiscard]] std::string event_text(std::string_view text);

/// Picks from the log's records those that are in event_table(), and has them written on a thread of its own.
///
/// Never waits for the event log, which is another process: at most limits::max_waiting_events wait, and the rest that
/// comes, or comes faster than EventBudget allows, is counted; the count is an event of its own before the next one.
class EventLog : public LogSink {
 public:
  /// `clock` must live for ever: a writer that hangs is left behind with its thread.
  EventLog(std::string service_name, std::unique_ptr<EventWriter> writer, const Clock& clock);

  /// Gives what waits limits::event_log_patience to be written.
  ~EventLog() override;
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;

  void write(const LogRecord& record) override;

  /// Gives what waits limits::event_log_patience to be written.
  void flush();

  /// For a process that is about to end in a crash: goes before everything that waits, and returns when it was written,
  /// or limits::event_log_patience has passed. Whoever holds this class's lock is not waited for longer.
  void write_last(const LogRecord& record);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// Writes to the Windows event log, under the source of that name (the service's).
[[nodiscard]] std::unique_ptr<EventWriter> open_windows_event_log(std::string_view source);

}  // namespace plugbroker::service
