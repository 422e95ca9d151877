// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "broker_core/base/fifo.h"
#include "broker_core/base/strong_id.h"
#include "broker_core/base/time.h"

namespace plugbroker::runtime {

/// Which connections may start a write, which wait for one, and which are on their way out.
///
/// Pure bookkeeping: at most one write is outstanding per connection; a connection that is closing still writes what is
/// left, until its linger has passed. Every entry ends with remove().
class ConnectionOutbox {
 public:
  void add(ConnectionId connection);
  void remove(ConnectionId connection);
  [[nodiscard]] bool contains(ConnectionId connection) const { return connections_.contains(connection); }

  /// False while it is closing and for one that is not here: what comes from it is dropped.
  [[nodiscard]] bool takes_input(ConnectionId connection) const;

  /// There may be something to write.
  void mark_ready(ConnectionId connection);
  /// A write was handed to the transport: the connection is not offered again before write_completed().
  void write_started(ConnectionId connection);
  /// False when no write was outstanding or the connection is not here.
  bool write_completed(ConnectionId connection);

  /// Writes what is left, then closes. Returns false when it was closing already or is not here.
  bool begin_close(ConnectionId connection, TimePoint now);

  /// The next connection that may write now, each once per mark_ready().
  [[nodiscard]] std::optional<ConnectionId> next_ready();

  /// What a closing connection without anything left to write has of its linger; nothing when it isn't closing or was
  /// handed to the transport already. Call it once: the connection then belongs to the transport.
  [[nodiscard]] std::optional<Duration> finish_close(ConnectionId connection, TimePoint now);

  /// A closing connection whose linger has passed before all was written; each is given once.
  [[nodiscard]] std::optional<ConnectionId> next_overdue(TimePoint now);
  /// When next_overdue() has the next one; far_future when none is closing.
  [[nodiscard]] TimePoint next_deadline() const;

  [[nodiscard]] bool has_ready() const { return !ready_.empty(); }
  [[nodiscard]] std::size_t size() const { return connections_.size(); }

 private:
  struct State {
    bool writing = false;
    bool queued = false;
    bool handed_over = false;  ///< The transport was told to close.
    TimePoint close_by = far_future;
  };

  std::unordered_map<ConnectionId, State> connections_;
  Fifo<ConnectionId> ready_;
  std::deque<std::pair<TimePoint, ConnectionId>>
      closing_;  ///< In the order of their time: the linger is the same for all.
};

}  // namespace plugbroker::runtime
