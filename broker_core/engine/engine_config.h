// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker_core/base/limits.h"
#include "broker_core/protocol/messages.h"

namespace plugbroker::engine {

/// The worker processes behind some routes, as the engine sees them: it knows no programs and no paths.
struct PoolConfig {
  std::string name;
  std::vector<std::string> routes;
  std::uint32_t min_workers = 1;                      ///< Kept alive.
  std::uint32_t max_workers = 1;                      ///< Started one after another while calls wait.
  std::uint32_t concurrency = 1;                      ///< Calls that each worker holds at once.
  std::uint32_t queue_limit = 1000;                   ///< Calls waiting for a worker.
  Duration start_timeout = std::chrono::seconds{30};  ///< From StartWorker to READY.
  Duration stop_timeout = std::chrono::seconds{5};    ///< From GOAWAY to the worker's exit, then it is terminated.
  Duration cancel_grace = std::chrono::seconds{5};    ///< From CANCEL to the worker's END, then it is replaced.
  Duration restart_backoff_min =
      std::chrono::milliseconds{250};  ///< After the first failure; doubles with each in a row.
  Duration restart_backoff_max = std::chrono::seconds{30};
  /// No worker is started; those that attach serve, one after another. At most one pool.
  bool attached_only = false;
};

/// What the broker grants its peers (docs/PROTOCOL.md, "Credit"). One connection holds at most its streams times
/// `stream_window_bytes`, and `window_growth_bytes`.
struct FlowControlConfig {
  std::uint32_t stream_window_bytes = limits::stream_window_bytes;
  std::uint32_t stream_window_max_bytes = limits::stream_window_max_bytes;
  std::uint32_t connection_window_bytes = limits::connection_window_bytes;
  std::uint64_t window_growth_bytes = limits::window_growth_bytes;
};

struct EngineConfig {
  std::vector<PoolConfig> pools;
  FlowControlConfig flow_control;
  Duration hello_timeout = limits::default_hello_timeout;
  std::uint32_t max_sessions = 16384;
  std::uint32_t max_streams_per_session = limits::default_max_streams;
  std::uint64_t max_payload_bytes = limits::default_max_payload_bytes;  ///< Inclusive; request and reply each.
  protocol::InstanceId instance_id{};
  std::string library_version;  ///< Of the service, told in HELLO_ACK.
  std::uint16_t wire_version_min = protocol::lowest_wire_version;
  std::uint16_t wire_version_max = protocol::highest_wire_version;
};

}  // namespace plugbroker::engine
