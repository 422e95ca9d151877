// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker_core/engine/engine_state.h"

namespace plugbroker::engine {

/// Asks each ready worker with PING whether it still reads and answers, every `ping_interval` of its pool, at most one
/// at a time. One that is busy with calls answers all the same. Never asked are attached workers, which may stand at a
/// breakpoint, and those that were told to stop, which have their stop_timeout.
class HealthWatch {
 public:
  explicit HealthWatch(EngineState& state) noexcept : state_(state) {}

  /// From READY on.
  void begin(Worker& worker);
  /// Harmless when it has not begun.
  void end(Worker& worker) noexcept;
  /// A PONG; one that repeats another number than the last PING's means nothing.
  void take_pong(Worker& worker, std::uint64_t opaque);
  /// Its timer is due: sends the next PING. False when the last one was not answered within ping_timeout.
  [[nodiscard]] bool due(WorkerHealth& health);

 private:
  EngineState& state_;
};

}  // namespace plugbroker::engine
