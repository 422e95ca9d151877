// SPDX-License-Identifier: Apache-2.0
// The half of ClientSession that is about calls; client_session_connections.cpp has the other.
#include "client_lib/core/client_session.h"

#include <algorithm>

#include "broker_core/protocol/messages.h"

namespace plugbroker::client {

using Stage = Call::Stage;

ClientSession::ClientSession(const SessionSettings& settings)
    : settings_(settings), backoff_(settings.seed), retry_(settings.seed) {
  std::uint64_t& max_payload = settings_.self.limits.max_payload;
  max_payload = std::min(max_payload, largest_message);
}

// Calls.

namespace {

/// What is wrong with a call; null when nothing is.
const char* fault_of(const Call& call, TimePoint now) noexcept {
  if (call.kind == CallKind::readiness) return nullptr;
  if (!protocol::is_valid_route(call.head.route)) return "a route is 1 to 255 bytes of A-Z a-z 0-9 . _ - /";
  if (call.head.content_type.size() > limits::max_content_type_bytes)
    return "the content type is longer than 255 bytes";
  if (call.head.idempotency_key.size() > limits::max_idempotency_key_bytes) {
    return "the idempotency key is longer than 64 bytes";
  }
  if (call.head.tracestate.size() > limits::max_tracestate_bytes) return "the tracestate is longer than 512 bytes";
  if (call.deadline - now > limits::max_deadline) return "the deadline is more than 24 hours away";
  return nullptr;
}

}  // namespace

void ClientSession::submit(Call& call, TimePoint now) {
  call.number_ = ++last_call_;
  if (shut_down_ != StatusCode::ok) {
    fail(call, shut_down_, "the client takes no more calls");
    return;
  }
  if (const char* wrong = fault_of(call, now)) {
    fail(call, StatusCode::invalid_argument, wrong);
    return;
  }
  timers_.set(call, call.deadline);
  wait(call);
  try {
    pump(now);
    if (call.kind == CallKind::readiness) on_time(now);
  } catch (...) {
    forget(call);
    throw;
  }
}

void ClientSession::cancel(Call& call) {
  if (call.stage_ == Stage::ended || call.stage_ == Stage::idle) return;
  bool sent = false;
  if (Link* link = link_of(call.connection_)) sent = link->connection.abandon(call);
  call.reply.drop_all();
  fail(call, StatusCode::cancelled, "cancelled by the caller", RetryClass::never, sent);
}

void ClientSession::forget(Call& call) {
  changed_.remove(call);
  timers_.clear(call);
  waiting_.remove(call);
  backing_off_.remove(call);
  Link* link = link_of(call.connection_);
  call.connection_ = {};
  const bool held = call.stage_ == Stage::unsent || call.stage_ == Stage::sent;
  if (link != nullptr && held) link->connection.abandon(call);
  call.stage_ = Stage::idle;
}

void ClientSession::request_grew(Call& call) noexcept {
  if (Link* link = link_of(call.connection_)) link->connection.request_grew(call);
}

std::vector<std::byte> ClientSession::take_message(Call& call) {
  IncomingMessages::Taken taken = call.reply.take();
  Link* link = link_of(call.connection_);
  if (link != nullptr && taken.credit != 0) link->connection.reply_taken(call, taken.credit);
  return std::move(taken.bytes);
}

bool ClientSession::has_control_output() const noexcept {
  return std::any_of(links_.begin(), links_.end(),
                     [](const auto& link) { return link->connection.has_control_output(); });
}

void ClientSession::fail_all(StatusCode code, std::string_view message) noexcept {
  for (const auto& link : links_) {
    while (Call* call = link->connection.next_changed()) tell(*call);
  }
  const bool was_connected = !links_.empty();
  while (Call* call = timers_.first()) {
    if (call->stage_ == Stage::ended) {
      finish(*call);
      continue;
    }
    const bool sent = call->stage_ == Stage::sent;
    if (Link* link = link_of(call->connection_)) link->connection.drop(*call);
    fail(*call, code, message, RetryClass::never, sent);
  }
  links_.clear();
  if (was_connected) next_attempt_ = TimePoint::min();
  current_ = {};
}

void ClientSession::shut_down(StatusCode code, std::string_view message) noexcept {
  if (shut_down_ == StatusCode::ok) shut_down_ = code;
  fail_all(code, message);
}

void ClientSession::tell(Call& call) noexcept {
  if (call.changed.list == nullptr) changed_.push_back(call);
}

void ClientSession::finish(Call& call) noexcept {
  timers_.clear(call);
  waiting_.remove(call);
  backing_off_.remove(call);
  call.connection_ = {};
  call.stage_ = Stage::ended;
  call.request.drop();
  tell(call);
}

void ClientSession::fail(Call& call, StatusCode code, std::string_view words, RetryClass retry,
                         bool received) noexcept {
  call.outcome.fail(code, words, retry, received);
  finish(call);
}

/// Puts it among the waiting ones, by age: its timer is set already.
void ClientSession::wait(Call& call) {
  timers_.set(call, call.deadline);
  call.connection_ = {};
  call.stage_ = Stage::waiting;
  Call* behind = nullptr;
  for (Call* at = waiting_.back(); at != nullptr && at->number_ > call.number_; at = PlaceList::previous(*at)) {
    behind = at;
  }
  waiting_.insert_before(behind, call);
}

/// Starts waiting calls on the connection that takes them.
void ClientSession::pump(TimePoint now) {
  Link* link = link_of(current_);
  if (link == nullptr) return;
  if (link->connection.is_open()) end_ready_waiters();
  while (!waiting_.empty() && link->connection.can_start()) {
    Call& call = *waiting_.pop_front();
    timers_.set(call, call.deadline + settings_.deadline_grace);
    call.connection_ = link->id;
    link->connection.start(call);
    drain(*link, now);
  }
}

void ClientSession::end_ready_waiters() noexcept {
  for (Call* call = waiting_.front(); call != nullptr;) {
    Call* const next = PlaceList::next(*call);
    if (call->kind == CallKind::readiness) finish(*call);
    call = next;
  }
}

bool ClientSession::may_be_sent_again(const Call& call) const noexcept {
  return call.kind != CallKind::readiness && !call.reply_started_ && call.request.can_rewind() &&
         call.request.borrowed_size() <= max_retried_bytes;
}

void ClientSession::handle_changed(Call& call, TimePoint now) {
  if (call.stage_ == Stage::waiting) {
    wait(call);
    return;
  }
  if (call.stage_ != Stage::ended) {
    tell(call);
    return;
  }
  if (call.outcome.status == StatusCode::ok) backoff_.reset();
  if (call.retries != 0 && may_be_sent_again(call)) {
    if (const auto again = retry_.next(call.outcome, call.retries, call.deadline, now)) {
      --call.retries;
      call.request.rewind();
      call.connection_ = {};
      call.stage_ = Stage::backing_off;
      backing_off_.push_back(call);
      timers_.set(call, *again);
      return;
    }
  }
  finish(call);
}

// Time.

void ClientSession::on_time(TimePoint now) {
  while (timers_.next() <= now) expire(*timers_.first(), now);
  for (std::size_t i = 0; i < links_.size(); ++i) {
    drain(*links_[i], now);  // What cancel, forget and take_message, which are told no time, have left behind.
    if (links_[i]->opening_deadline > now) continue;
    // A second look must not find the same deadline again.
    lost(links_[i]->id, "the service opened the connection and then said nothing", now);
    links_[i]->opening_deadline = far_future;
  }
  pump(now);
}

TimePoint ClientSession::next_timer() const noexcept {
  TimePoint next = timers_.next();
  if (shut_down_ == StatusCode::ok && !current_ && !waiting_.empty()) next = std::min(next, next_attempt_);
  for (const auto& link : links_) next = std::min({next, link->opening_deadline, link->close_by});
  return next;
}

void ClientSession::fail_not_connected(Call& call) {
  const bool readiness = call.kind == CallKind::readiness;
  std::string words = readiness ? "not ready in time" : "the deadline passed before the call was sent";
  StatusCode code = StatusCode::deadline_exceeded;
  if (last_failure_) {
    words += ": " + last_failure_->message;
    if (readiness) code = last_failure_->code();
  } else if (current_) {
    words += is_connected() ? ": too many calls are open" : ": the service has not answered the opening yet";
  }
  fail(call, code, words, RetryClass::safe);
}

void ClientSession::expire(Call& call, TimePoint now) {
  if (call.stage_ == Stage::backing_off && now < call.deadline) {
    backing_off_.remove(call);
    call.outcome.fail(StatusCode::ok, {});
    wait(call);
    return;
  }
  Link* link = link_of(call.connection_);
  if (link == nullptr) {
    fail_not_connected(call);
    return;
  }
  const bool sent = link->connection.abandon(call);
  call.reply.drop_begun();
  fail(call, StatusCode::deadline_exceeded,
       sent ? "the deadline passed and the service had not answered" : "the deadline passed before the call was sent",
       sent ? RetryClass::never : RetryClass::safe, sent);
}

void ClientSession::log(LogLevel level, std::string text) {
  if (log_.size() < max_log_lines) log_.push_back({level, std::move(text)});
}

}  // namespace plugbroker::client
