// SPDX-License-Identifier: Apache-2.0
#include "broker_core/runtime/connection_outbox.h"

#include <algorithm>

#include "broker_core/base/assert.h"
#include "broker_core/base/limits.h"

namespace plugbroker::runtime {

void ConnectionOutbox::add(ConnectionId connection) {
  const bool inserted = connections_.try_emplace(connection).second;
  PLUGBROKER_ASSERT(inserted);
}

void ConnectionOutbox::remove(ConnectionId connection) {
  connections_.erase(connection);
}

bool ConnectionOutbox::takes_input(ConnectionId connection) const {
  const auto found = connections_.find(connection);
  return found != connections_.end() && found->second.close_by == far_future;
}

void ConnectionOutbox::mark_ready(ConnectionId connection) {
  const auto found = connections_.find(connection);
  if (found == connections_.end()) return;
  State& state = found->second;
  if (state.writing || state.queued || state.handed_over) return;
  state.queued = true;
  ready_.push_back(connection);
}

void ConnectionOutbox::write_started(ConnectionId connection) {
  State& state = connections_.at(connection);
  PLUGBROKER_ASSERT(!state.writing);
  state.writing = true;
}

bool ConnectionOutbox::write_completed(ConnectionId connection) {
  const auto found = connections_.find(connection);
  if (found == connections_.end() || !found->second.writing) return false;
  found->second.writing = false;
  return true;
}

bool ConnectionOutbox::begin_close(ConnectionId connection, TimePoint now) {
  const auto found = connections_.find(connection);
  if (found == connections_.end() || found->second.close_by != far_future) return false;
  found->second.close_by = now + limits::linger_after_refusal;
  closing_.emplace_back(found->second.close_by, connection);
  mark_ready(connection);
  return true;
}

std::optional<ConnectionId> ConnectionOutbox::next_ready() {
  while (!ready_.empty()) {
    const ConnectionId connection = ready_.take_front();
    const auto found = connections_.find(connection);
    if (found == connections_.end()) continue;
    found->second.queued = false;
    if (!found->second.writing && !found->second.handed_over) return connection;
  }
  return std::nullopt;
}

std::optional<Duration> ConnectionOutbox::finish_close(ConnectionId connection, TimePoint now) {
  const auto found = connections_.find(connection);
  if (found == connections_.end()) return std::nullopt;
  State& state = found->second;
  if (state.close_by == far_future || state.handed_over) return std::nullopt;
  state.handed_over = true;
  return std::max(state.close_by - now, Duration::zero());
}

std::optional<ConnectionId> ConnectionOutbox::next_overdue(TimePoint now) {
  while (!closing_.empty() && closing_.front().first <= now) {
    const ConnectionId connection = closing_.front().second;
    closing_.pop_front();
    const auto found = connections_.find(connection);
    if (found != connections_.end() && !found->second.handed_over) return connection;
  }
  return std::nullopt;
}

TimePoint ConnectionOutbox::next_deadline() const {
  return closing_.empty() ? far_future : closing_.front().first;
}

}  // namespace plugbroker::runtime
