// SPDX-License-Identifier: Apache-2.0
// The I/O thread of Client: turns of "take what completed, ask the session, start what it wants, sleep".
#include <algorithm>
#include <new>

#include "broker_core/base/escaped_text.h"
#include "client_lib/win/awake_clock.h"
#include "client_lib/win/client.h"
#include "client_lib/win/operation.h"
#include "client_lib/win/text.h"

namespace plugbroker::client {

namespace {

constexpr std::size_t longest_log_text = 2000;
constexpr DWORD linger_ms = static_cast<DWORD>(Client::lead_linger.count() / 1000);

}  // namespace

void Client::thread_body(void* self) noexcept {
  auto* client = static_cast<Client*>(self);
  for (bool go_on = true; go_on;) {
    try {
      go_on = client->turn();
    } catch (const std::bad_alloc&) {
      // Every call ends, and the next ones get a new connection.
      const LockGuard guard(client->lock_);
      client->session_.fail_all(StatusCode::resource_exhausted, "out of memory");
      client->deliver();
      client->links_.clear();
    } catch (...) {
      const LockGuard guard(client->lock_);
      client->poison(StatusCode::internal, "the client has failed");
      go_on = false;
    }
  }
  client->links_.clear();
  client->run_completions();
}

bool Client::run_completions() noexcept {
  bool any = false;
  for (;;) {
    Operation* operation = nullptr;
    {
      const LockGuard guard(lock_);
      operation = first_completed_;
      if (operation == nullptr) return any;
      first_completed_ = operation->next_completed_;
      if (first_completed_ == nullptr) last_completed_ = nullptr;
    }
    operation->finished();
    any = true;
  }
}

bool Client::stand_by() noexcept {
  {
    const LockGuard guard(lock_);
    const bool asked = !io_sleeps_;
    const bool left_alone = io_by_ == IoBy::nobody && !asked && awake_now() < leave_alone_until_;
    io_sleeps_ = io_by_ == IoBy::caller || left_alone;
    if (!io_sleeps_) {
      io_by_ = IoBy::io_thread;
      return false;
    }
  }
  if (!run_completions()) WaitForSingleObject(wake_event_.get(), linger_ms);
  return true;
}

bool Client::turn() {
  if (stand_by()) return true;
  std::vector<LogLine> lines;
  bool stop = false;
  bool connect_now = false;
  TimePoint next_timer = far_future;
  {
    const LockGuard guard(lock_);
    const TimePoint now = awake_now();
    take_completions(now);
    session_.on_time(now);
    for (const auto& link : links_) {
      if (!link->writing() && link->write_buffer().empty()) session_.produce(link->id(), link->write_buffer(), now);
    }
    std::erase_if(links_, [&](const std::unique_ptr<PipeLink>& link) {
      const bool flushed = !link->writing() && link->write_buffer().empty();
      const bool close = session_.wants_close(link->id(), now) && (flushed || session_.close_overdue(link->id(), now));
      if (close) session_.closed(link->id(), now);
      return close;
    });
    deliver();
    lines = session_.take_log();
    stop = stopping_ || poison_ != StatusCode::ok;
    connect_now = session_.connect_due(now);
    next_timer = session_.next_timer();
    io_sleeps_ = true;
  }
  emit(lines);
  if (stop) return false;
  start_operations();
  // What a callback asked for is seen to before the next sleep.
  if (run_completions()) return true;
  if (connect_now) {
    connect();
    return true;
  }
  sleep(next_timer);
  return true;
}

void Client::take_completions(TimePoint now) {
  for (const auto& link : links_) {
    link->take_write();
    if (const auto bytes = link->take_read()) session_.received(link->id(), *bytes, now);
    if (link->error() != 0) {
      session_.lost(
          link->id(),
          "the connection to the service was lost (" + windows_error(link->failed_function(), link->error()) + ")",
          now);
      link->write_buffer().clear();
    }
  }
}

void Client::start_operations() {
  for (const auto& link : links_) {
    if (!link->writing() && !link->write_buffer().empty()) link->write();
    link->read();
  }
}

void Client::connect() {
  ConnectAttempt attempt = connect_pipe(options_.target);
  std::vector<LogLine> lines;
  {
    const LockGuard guard(lock_);
    const TimePoint now = awake_now();
    if (attempt.pipe) {
      auto link = std::make_unique<PipeLink>(session_.connected(now), std::move(attempt.pipe));
      if (link->valid()) {
        links_.push_back(std::move(link));
      } else {
        session_.closed(link->id(), now);
      }
    } else {
      session_.connect_failed(std::move(attempt.failure), now);
    }
    deliver();
  }
  if (!attempt.trusted_by_option.empty()) {
    lines.push_back({LogLevel::warning, "the pipe's owner " + attempt.trusted_by_option +
                                            " is trusted only because trusted_owners or PLUGBROKER_TRUSTED_OWNERS "
                                            "names it"});
    emit(lines);
  }
}

void Client::sleep(TimePoint until) {
  HANDLE handles[MAXIMUM_WAIT_OBJECTS];
  DWORD count = 0;
  handles[count++] = wake_event_.get();
  {
    const LockGuard guard(lock_);
    if (!io_sleeps_) return;
    for (const auto& link : links_) {
      if (link->has_completion() || link->error() != 0) return;
      if (count + 2 > MAXIMUM_WAIT_OBJECTS) break;
      if (link->read_event() != nullptr) handles[count++] = link->read_event();
      if (link->write_event() != nullptr) handles[count++] = link->write_event();
    }
    // From here on the links are anybody's.
    io_by_ = IoBy::nobody;
  }
  WaitForMultipleObjects(count, handles, FALSE, milliseconds_until(until, awake_now()));
}

void Client::emit(const std::vector<LogLine>& lines) const {
  if (options_.log == nullptr) return;
  for (const LogLine& line : lines) {
    const std::string text = escaped_text(line.text, EscapeStyle::plain, longest_log_text);
    options_.log(options_.log_context, static_cast<std::int32_t>(line.level), text.c_str());
  }
}

}  // namespace plugbroker::client
