// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker_core/admin/status_json.h"

namespace plugbroker::admin {

inline constexpr TimePoint at(Duration since_boot) {
  return TimePoint{since_boot};
}

/// A broker that has run for an hour and whose one pool is backing off.
inline engine::Snapshot sample_snapshot() {
  using namespace std::chrono_literals;
  engine::Snapshot snapshot;
  snapshot.state = engine::BrokerState::running;
  snapshot.started = at(100s);
  snapshot.taken_at = at(3700s - 20ms);
  snapshot.sessions = 3;
  snapshot.half_open_connections = 1;
  snapshot.calls_in_progress = 2;
  snapshot.calls_accepted = 12;
  snapshot.calls_by_status[0] = 9;
  snapshot.calls_by_status[5] = 1;
  snapshot.protocol_errors = 4;
  snapshot.buffered_bytes = 5;
  snapshot.calls_denied = 13;
  snapshot.quota_refusals = 14;
  snapshot.held_bytes = 8192;
  snapshot.callers = {{.sid = "S-1-5-21-1",
                       .account = "HOST\\someone",
                       .sessions = 3,
                       .calls_in_progress = 2,
                       .queued_bytes = 4096,
                       .bytes_being_written = 100,
                       .refused = 14}};

  engine::PoolSnapshot pool;
  pool.name = "documents";
  pool.routes = {"echo", "text.stats"};
  pool.min_workers = 1;
  pool.max_workers = 4;
  pool.concurrency = 2;
  pool.calls_waiting = 6;
  pool.workers_started = 7;
  pool.workers_failed = 8;
  pool.last_failure = "worker 6 ended with exit code 1";
  pool.last_failure_at = at(3695s);
  pool.next_start = at(3701s);
  pool.spare_workers = 2;
  pool.failures_in_window = 3;
  pool.recycles[static_cast<std::size_t>(engine::RecycleReason::memory)] = 9;
  pool.recycles[static_cast<std::size_t>(engine::RecycleReason::operator_asked)] = 10;
  pool.longest_wait = 1500ms;
  pool.calls_repeated = 11;
  pool.workers = {{.id = WorkerId{5},
                   .process_id = 432,
                   .state = engine::WorkerState::busy,
                   .calls_in_progress = 1,
                   .calls_completed = 8,
                   .started = at(3640s),
                   .private_bytes = 12u << 20}};
  snapshot.pools.push_back(pool);
  return snapshot;
}

inline StatusContext sample_context() {
  using namespace std::chrono_literals;
  return {.service_name = "PlugBroker",
          .version = "0.1.0",
          .process_id = 99,
          .pipe = R"(\\.\pipe\PlugBroker)",
          .admin_pipe = R"(\\.\pipe\PlugBroker.Admin)",
          .access = {{"documents", {"D:(A;;0x1;;;AU)", {{"text.stats", "D:(A;;0x1;;;IU)"}}}}},
          .now = at(3700s)};
}

}  // namespace plugbroker::admin
