// SPDX-License-Identifier: Apache-2.0
#include "service/event_log.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "broker_core/base/escaped_text.h"
#include "service/event_budget.h"
#include "service/service_limits.h"

namespace plugbroker::service {
namespace {

WindowsEvent event_of(const EventEntry& entry, const std::string& service, const LogRecord& record) {
  // The message file's sentences end with a full stop of their own.
  std::string_view message = record.message;
  if (message.ends_with('.')) message.remove_suffix(1);
  return {.whole_id = entry.whole_id(),
          .severity = entry.severity,
          .category = static_cast<std::uint16_t>(entry.category),
          .texts = {event_text(service), event_text(message), event_text(record.pool)}};
}

}  // namespace

std::string event_text(std::string_view text) {
  const std::string escaped = escaped_text(text, EscapeStyle::plain, limits::max_event_text_bytes);
  std::string result;
  result.reserve(escaped.size());
  for (std::size_t at = 0; at < escaped.size(); ++at) {
    const char next = at + 1 < escaped.size() ? escaped[at + 1] : ' ';
    const bool looks_like_a_place = escaped[at] == '%' && (next == '%' || (next >= '0' && next <= '9'));
    if (looks_like_a_place) {
      result += "\\x25";
    } else {
      result += escaped[at];
    }
  }
  return result;
}

/// Shared with the writing thread, which may outlive the EventLog.
struct EventLog::State {
  State(std::string name, std::unique_ptr<EventWriter> to, const Clock& time)
      : service(std::move(name)), writer(std::move(to)), clock(time), budget(time.now()) {}

  const std::string service;
  const std::unique_ptr<EventWriter> writer;  ///< Used by the thread alone.
  const Clock& clock;
  std::timed_mutex mutex;
  std::condition_variable_any changed;
  // Guarded by mutex.
  EventBudget budget;
  std::deque<WindowsEvent> waiting;
  std::optional<WindowsEvent> last;  ///< Goes before those.
  std::uint64_t left_out = 0;
  bool stopping = false;
  bool idle = false;  ///< The thread has nothing to do.

  void run() {
    std::unique_lock lock(mutex);
    for (;;) {
      idle = !last && waiting.empty();
      changed.notify_all();
      changed.wait(lock, [this] { return last || !waiting.empty() || stopping; });
      if (!last && waiting.empty()) return;
      idle = false;
      const WindowsEvent event = next();
      lock.unlock();
      writer->write(event);
      lock.lock();
    }
  }

  WindowsEvent next() {
    if (last) return *std::exchange(last, std::nullopt);
    if (left_out > 0) {
      LogRecord record;
      record.message = std::to_string(std::exchange(left_out, 0)) + " came faster than they could be written";
      return event_of(*find_event(events_left_out), service, record);
    }
    WindowsEvent event = std::move(waiting.front());
    waiting.pop_front();
    return event;
  }
};

EventLog::EventLog(std::string service_name, std::unique_ptr<EventWriter> writer, const Clock& clock)
    : state_(std::make_shared<State>(std::move(service_name), std::move(writer), clock)) {
  std::thread([state = state_] { state->run(); }).detach();
}

EventLog::~EventLog() {
  std::unique_lock lock(state_->mutex);
  state_->stopping = true;
  state_->changed.notify_all();
  state_->changed.wait_for(lock, limits::event_log_patience, [this] { return state_->idle; });
}

void EventLog::write(const LogRecord& record) {
  const EventEntry* const entry = find_event(record.event);
  if (entry == nullptr) return;
  WindowsEvent event = event_of(*entry, state_->service, record);
  const std::lock_guard lock(state_->mutex);
  if (state_->waiting.size() >= limits::max_waiting_events || !state_->budget.take(state_->clock.now())) {
    ++state_->left_out;
    return;
  }
  state_->waiting.push_back(std::move(event));
  state_->idle = false;
  state_->changed.notify_all();
}

void EventLog::flush() {
  std::unique_lock lock(state_->mutex);
  state_->changed.wait_for(lock, limits::event_log_patience, [this] { return state_->idle; });
}

void EventLog::write_last(const LogRecord& record) {
  const EventEntry* const entry = find_event(record.event);
  if (entry == nullptr) return;
  std::unique_lock lock(state_->mutex, limits::event_log_patience);
  if (!lock) return;
  state_->last = event_of(*entry, state_->service, record);
  state_->idle = false;
  state_->changed.notify_all();
  state_->changed.wait_for(lock, limits::event_log_patience, [this] { return !state_->last && state_->idle; });
}

}  // namespace plugbroker::service
