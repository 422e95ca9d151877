// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker_core/runtime/broker_loop.h"
#include "tests/unit/runtime/fakes/fake_callers.h"
#include "tests/unit/runtime/fakes/fake_processes.h"
#include "tests/unit/runtime/fakes/fake_transport.h"
#include "tests/unit/runtime/fakes/manual_clock.h"
#include "tests/unit/runtime/fakes/recorded_log.h"
#include "tests/unit/runtime/fakes/wire_peer.h"

namespace plugbroker::test {

/// A broker's loop with the real engine and one pool, "documents", of one worker with the route "echo".
class LoopBench : public testing::Test {
 protected:
  [[nodiscard]] static engine::EngineConfig config();

  bool turn() { return loop_.turn(far_future); }
  /// As many turns as it takes for everything that is ready to be done.
  void settle();

  /// The pool's worker, started, opened and ready; its channel.
  ConnectionId start_worker();
  /// A client past the opening.
  ConnectionId open_client(protocol::PeerLimits limits = {});
  [[nodiscard]] std::vector<std::byte> written_to(ConnectionId connection) {
    return transport_.take_written(connection);
  }

  FakeTransport transport_;
  FakeProcesses processes_;
  FakeCallers callers_{1};
  ManualClock clock_;
  RecordedLog log_;
  runtime::SnapshotBoard board_;
  runtime::BrokerLoop loop_{config(), {transport_, processes_, callers_, clock_, log_, board_}};
};

}  // namespace plugbroker::test
