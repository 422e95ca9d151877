// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "broker_core/engine/call.h"
#include "broker_core/engine/pointer_map.h"

namespace plugbroker::engine {

/// All calls, found by the stream that carries them on either side. Calls are reused, so a steady state allocates
/// nothing.
class CallTable {
 public:
  /// `seed` is a secret from the peers.
  explicit CallTable(std::uint64_t seed) : by_stream_(seed) {}

  /// A fresh call with a new id, in no list and under no stream.
  [[nodiscard]] Call& create();
  /// The call is in no list, under no stream, and its timer is not set.
  void destroy(Call& call) noexcept;

  void add_stream(ConnectionId connection, std::uint64_t stream, Call& call) {
    by_stream_.insert({connection.value, stream}, call);
  }
  void remove_stream(ConnectionId connection, std::uint64_t stream) noexcept {
    by_stream_.erase({connection.value, stream});
  }
  /// Null when no call is carried by this stream (any more).
  [[nodiscard]] Call* find(ConnectionId connection, std::uint64_t stream) const noexcept {
    return by_stream_.find({connection.value, stream});
  }

  /// Calls that exist, those without an outcome and those that only a worker still has to end.
  [[nodiscard]] std::size_t size() const noexcept { return calls_.size() - spare_.size(); }

 private:
  std::deque<Call> calls_;  // A deque: calls never move.
  std::vector<Call*> spare_;
  PointerMap<Call> by_stream_;
  std::uint64_t last_id_ = 0;
};

}  // namespace plugbroker::engine
