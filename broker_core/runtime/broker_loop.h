// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "broker_core/base/log_sink.h"
#include "broker_core/engine/engine.h"
#include "broker_core/runtime/caller_identifier.h"
#include "broker_core/runtime/operator_mailbox.h"
#include "broker_core/runtime/process_host.h"
#include "broker_core/runtime/transport.h"

namespace plugbroker::runtime {

/// The latest Snapshot, published by the loop and read by any thread without touching the engine.
class SnapshotBoard {
 public:
  void publish(std::shared_ptr<const engine::Snapshot> snapshot);
  /// Null before the first publish.
  [[nodiscard]] std::shared_ptr<const engine::Snapshot> latest() const;

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const engine::Snapshot> latest_;
};

/// The one I/O thread: carries events into the engine and commands out of it.
///
/// Owns the engine, nothing else; everything handed in must outlive it. A snapshot is published when something changed,
/// at most every 100 ms and no later than that after a change; Transport::wake() asks for one too. While nothing
/// happens the loop waits without a timer, and the snapshot gets old.
class BrokerLoop {
 public:
  struct Environment {
    Transport& transport;
    ProcessHost& processes;
    CallerIdentifier& callers;
    const Clock& clock;
    LogSink& log;
    SnapshotBoard& board;
  };

  BrokerLoop(engine::EngineConfig config, Environment environment);
  ~BrokerLoop();

  /// Runs until a requested stop is complete.
  void run();

  /// One turn: wait, handle, carry out, write, publish. For tests. False once stopped.
  bool turn(TimePoint wait_until);

  /// From any thread, any number of times; the first grace counts.
  void request_stop(Duration grace);

  /// Has the engine do what an administrator asks, and waits for its answer at most `patience`. From any thread but the
  /// loop's. The board's latest snapshot shows the state after it. What can go wrong on the way is in OperatorMailbox.
  [[nodiscard]] Status operate(engine::OperatorRequest request, Duration patience);

  /// Puts other pools in the place of those that run, in the same way. unavailable while the broker stops: nothing was
  /// changed then, as after any other failure that does not say otherwise.
  [[nodiscard]] Status replace_pools(PoolsReplacement replacement, Duration patience);

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace plugbroker::runtime
