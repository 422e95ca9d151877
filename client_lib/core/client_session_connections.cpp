// SPDX-License-Identifier: Apache-2.0
// The half of ClientSession that is about connections: making, losing and leaving them.
#include <algorithm>

#include "client_lib/core/client_session.h"

namespace plugbroker::client {

using Kind = ConnectionEvent::Kind;

ClientSession::Link* ClientSession::link_of(ConnectionId id) const noexcept {
  if (!id) return nullptr;
  for (const auto& link : links_) {
    if (link->id == id) return link.get();
  }
  return nullptr;
}

// Connecting.

bool ClientSession::is_connected() const noexcept {
  const Link* link = link_of(current_);
  return link != nullptr && link->connection.is_open();
}

std::uint64_t ClientSession::max_payload() const noexcept {
  const Link* link = link_of(current_);
  const std::uint64_t own = settings_.self.limits.max_payload;
  return link != nullptr && link->connection.is_open() ? std::min(own, link->connection.peer().limits.max_payload)
                                                       : own;
}

bool ClientSession::connect_due(TimePoint now) const noexcept {
  return shut_down_ == StatusCode::ok && !current_ && !waiting_.empty() && now >= next_attempt_;
}

ConnectionId ClientSession::connected(TimePoint now) {
  const ConnectionId id{last_connection_ + 1};
  links_.push_back(std::make_unique<Link>(id, settings_.self, now + settings_.opening_timeout));
  last_connection_ = id.value;
  current_ = id;
  return id;
}

void ClientSession::connect_failed(ConnectFailure failure, TimePoint now) {
  next_attempt_ = now + backoff_.next();
  const bool same = last_failure_ && last_failure_->kind == failure.kind;
  failures_in_a_row_ = same ? failures_in_a_row_ + 1 : 1;
  if (!same) log(LogLevel::warning, failure.message);
  last_failure_ = std::move(failure);
  end_waiting(*last_failure_);
}

/// Ends those calls that the failure's rule doesn't let wait.
void ClientSession::end_waiting(const ConnectFailure& failure) {
  const ConnectFailureRule& rule = rule_of(failure.kind);
  const bool enough = rule.attempts != 0 && failures_in_a_row_ >= rule.attempts;
  for (Call* call = waiting_.front(); call != nullptr;) {
    Call* const next = PlaceList::next(*call);
    const bool patient = call->wait_for_ready || call->kind == CallKind::readiness;
    if (patient ? failure.final() : enough) {
      call->outcome.fail(failure.code(), failure.message, failure.retry());
      call->outcome.origin = failure.origin();
      finish(*call);
    }
    call = next;
  }
}

void ClientSession::leave_current(ConnectionId id, TimePoint next_attempt) noexcept {
  if (current_ != id) return;
  current_ = {};
  next_attempt_ = next_attempt;
}

// Connections.

void ClientSession::received(ConnectionId id, ByteView bytes, TimePoint now) {
  Link* link = link_of(id);
  if (link == nullptr) return;
  link->connection.receive(bytes);
  drain(*link, now);
  pump(now);
}

void ClientSession::lost(ConnectionId id, std::string_view reason, TimePoint now) {
  Link* link = link_of(id);
  if (link == nullptr) return;
  const bool was_opening = link->opening_deadline != far_future;
  link->connection.lose(reason);
  drain(*link, now);
  if (current_ != id) return;
  leave_current(id, now + backoff_.next());
  if (was_opening) {
    connect_failed({ConnectFailureKind::lost_while_opening, std::string{reason}, {}}, now);
  } else {
    log(LogLevel::warning, std::string{reason});
  }
}

void ClientSession::produce(ConnectionId id, std::vector<std::byte>& buffer, TimePoint now) {
  buffer.clear();
  Link* link = link_of(id);
  if (link == nullptr) return;
  link->connection.produce(buffer, now);
  drain(*link, now);
}

bool ClientSession::wants_close(ConnectionId id, TimePoint now) const noexcept {
  const Link* link = link_of(id);
  return link == nullptr || link->connection.finished() || now >= link->close_by;
}

bool ClientSession::close_overdue(ConnectionId id, TimePoint now) const noexcept {
  const Link* link = link_of(id);
  return link == nullptr || now >= link->close_by || link->connection.lost();
}

void ClientSession::closed(ConnectionId id, TimePoint now) {
  lost(id, "the connection was closed", now);
  std::erase_if(links_, [id](const auto& link) { return link->id == id; });
}

void ClientSession::drain(Link& link, TimePoint now) {
  while (Call* call = link.connection.next_changed()) handle_changed(*call, now);
  while (const auto event = link.connection.next_event()) handle_event(link, *event, now);
}

void ClientSession::handle_event(Link& link, const ConnectionEvent& event, TimePoint now) {
  const ConnectionId id = link.id;
  switch (event.kind) {
    case Kind::opened:
      link.opening_deadline = far_future;
      failures_in_a_row_ = 0;
      last_failure_.reset();
      log(LogLevel::information,
          "connected to " + link.connection.peer().library_name + " " + link.connection.peer().library_version);
      return;
    case Kind::refused:
      leave_current(id, now);
      connect_failed({ConnectFailureKind::refused, "the service refused: " + event.status.message, event.status.code},
                     now);
      return;
    case Kind::not_our_peer:
      leave_current(id, now);
      connect_failed({ConnectFailureKind::not_our_peer,
                      "what answers on the pipe is no PlugBroker service: " + event.status.message,
                      {}},
                     now);
      return;
    case Kind::going_away: {
      log(LogLevel::information, "the service takes no more calls on this connection: " + event.status.message);
      leave_current(id, now);
      const auto going = std::count_if(links_.begin(), links_.end(), [this](const auto& other) {
        return other->id != current_ && other->close_by == far_future;
      });
      if (static_cast<std::size_t>(going) > max_going_away) links_.front()->close_by = now;
      return;
    }
    case Kind::broken:
      log(LogLevel::error, event.status.message);
      link.close_by = now + settings_.close_linger;
      leave_current(id, now + backoff_.next());
      return;
  }
}

}  // namespace plugbroker::client
