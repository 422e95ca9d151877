// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "broker_core/base/time.h"
#include "broker_core/engine/commands.h"
#include "broker_core/engine/engine_config.h"
#include "broker_core/engine/events.h"
#include "broker_core/engine/snapshot.h"

namespace plugbroker::engine {

/// The broker as one deterministic, single-threaded state machine: events in, commands out.
///
/// It has no thread, clock, handle or lock. The same events at the same times give the same commands. Promises,
/// whatever comes in: every accepted call gets exactly one END unless its session is gone; a worker gets calls only
/// after READY and never more than its concurrency; no queue or buffer passes its bound; after a stop everything
/// returns to empty.
///
/// After construction, each handle() (or a batch of them) and each take_output() drain next_command() until it says no:
/// taking output gives credit back to the other side, so it may announce output there.
class Engine {
 public:
  Engine(EngineConfig config, TimePoint now);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// `now` never goes back.
  void handle(const Event& event, TimePoint now);
  /// The same for the most frequent one.
  void handle(const BytesReceived& event, TimePoint now);

  /// The next command in order; false when there is none.
  [[nodiscard]] bool next_command(Command& command);

  /// Moves up to `max_bytes` of what is to be written into `buffer` (appended): control frames first, whole frames
  /// only. Call it when OutputReady was given and after each WriteCompleted, and write what it gave in one write. At
  /// most one write may be outstanding per connection. Returns the bytes appended; after 0 a new OutputReady will be
  /// given. `max_bytes` is at least limits::max_frame_bytes.
  std::size_t take_output(ConnectionId connection, std::vector<std::byte>& buffer, std::size_t max_bytes,
                          TimePoint now);

  /// When to give TimerExpired: nothing is due before. It may turn out that nothing is due then either. far_future when
  /// no timer is set.
  [[nodiscard]] TimePoint next_timer() const;

  [[nodiscard]] Snapshot snapshot(TimePoint now) const;

  /// Every RouteIndex there is lies below.
  [[nodiscard]] std::size_t route_count() const;

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace plugbroker::engine
