// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker_core/base/limits.h"
#include "broker_core/protocol/messages.h"

namespace plugbroker::engine {

/// When a worker is replaced although nothing is wrong with it. Zero: never for this reason.
struct RecycleConfig {
  std::uint64_t after_calls = 0;    ///< Calls that a worker has ended.
  Duration after_age{};             ///< Since it was READY.
  std::uint64_t private_bytes = 0;  ///< As WorkerObserved tells them.
  /// Each worker's `after_calls`, `after_age` and `private_bytes` are less by a random share of up to this many percent,
  /// so that workers that were started together are not replaced together.
  std::uint32_t jitter_percent = 10;

  bool operator==(const RecycleConfig&) const = default;
};

/// When a pool gives up starting workers, and when it tries again.
struct BreakerConfig {
  std::uint32_t failures = 5;                        ///< Of any kind, within `window`; then the breaker opens.
  Duration window = std::chrono::minutes{5};         ///< Sliding.
  Duration probe_after = std::chrono::seconds{10};   ///< From opening to the first probe; doubles with each that fails.
  Duration probe_after_max = std::chrono::minutes{5};
  std::uint32_t jitter_percent = 10;  ///< A probe comes later by a random share of up to this many percent.

  bool operator==(const BreakerConfig&) const = default;
};

/// The worker processes behind some routes, as the engine sees them: it knows no programs and no paths.
struct PoolConfig {
  std::string name;
  std::vector<std::string> routes;
  std::uint32_t min_workers = 1;                      ///< Kept alive.
  std::uint32_t max_workers = 1;                      ///< Started while calls wait, or too few are spare.
  std::uint32_t spare_workers = 0;                    ///< Kept ready with a free slot, beside those that are busy.
  std::uint32_t max_concurrent_starts = 4;            ///< Workers that may be starting at the same time.
  std::uint32_t max_surge = 1;                        ///< Workers beyond max_workers while others are replaced.
  Duration idle_timeout{};                            ///< A worker beyond minimum and spares stops; zero: never.
  std::uint32_t concurrency = 1;                      ///< Calls that each worker holds at once.
  std::uint32_t queue_limit = 1000;                   ///< Calls waiting for a worker.
  Duration queue_timeout{};                           ///< How long a call may wait; zero: until its deadline.
  Duration execution_limit{};                         ///< From a call's first byte to its END; zero: its deadline.
  Duration ping_interval{};                           ///< Between PINGs to a worker; zero: none.
  Duration ping_timeout = std::chrono::seconds{10};   ///< From PING to PONG; then the worker is replaced.
  Duration start_timeout = std::chrono::seconds{30};  ///< From StartWorker to READY.
  Duration stop_timeout = std::chrono::seconds{5};    ///< From GOAWAY to the worker's exit, then it is terminated.
  Duration cancel_grace = std::chrono::seconds{5};    ///< From CANCEL to the worker's END, then it is replaced.
  Duration restart_backoff_min =
      std::chrono::milliseconds{250};  ///< After the first failure; doubles with each in a row.
  Duration restart_backoff_max = std::chrono::seconds{30};
  RecycleConfig recycle{};
  BreakerConfig breaker{};
  /// Of `routes`: a call whose worker was lost may be given to another one, once, within its deadline.
  std::vector<std::string> idempotent_routes{};
  /// Calls of a session go to the worker that had its last one, while that has a free slot.
  bool sticky_sessions = false;
  /// No worker is started; those that attach serve, one after another. At most one pool.
  bool attached_only = false;

  bool operator==(const PoolConfig&) const = default;
};

/// What the broker grants its peers (docs/PROTOCOL.md, "Credit"). One connection holds at most its streams times
/// `stream_window_bytes`, and `window_growth_bytes`.
struct FlowControlConfig {
  std::uint32_t stream_window_bytes = limits::stream_window_bytes;
  std::uint32_t stream_window_max_bytes = limits::stream_window_max_bytes;
  std::uint32_t connection_window_bytes = limits::connection_window_bytes;
  std::uint64_t window_growth_bytes = limits::window_growth_bytes;
};

/// What one user (SID) may have of what all share.
struct QuotaConfig {
  std::uint32_t max_sessions = 4096;
  std::uint32_t max_calls = 4096;                           ///< At once, waiting ones too.
  std::uint64_t max_queued_bytes = 256ull * 1024 * 1024;    ///< Of requests and unread replies.
  std::uint32_t hello_rate = 200;                           ///< Sessions opened in a second, in the long run.
  std::uint32_t hello_burst = 2000;                         ///< At once.
};

struct EngineConfig {
  std::vector<PoolConfig> pools;
  FlowControlConfig flow_control;
  Duration hello_timeout = limits::default_hello_timeout;
  std::uint32_t max_sessions = 16384;
  std::uint32_t max_streams_per_session = limits::default_max_streams;
  std::uint64_t max_payload_bytes = limits::default_max_payload_bytes;  ///< Inclusive; request and reply each.
  std::uint64_t max_queued_bytes = 1024ull * 1024 * 1024;  ///< Of requests and unread replies of all sessions.
  QuotaConfig quotas;
  protocol::InstanceId instance_id{};
  std::string library_version;  ///< Of the service, told in HELLO_ACK.
  std::uint16_t wire_version_min = protocol::lowest_wire_version;
  std::uint16_t wire_version_max = protocol::highest_wire_version;
};

}  // namespace plugbroker::engine
