// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "broker_core/base/status.h"
#include "broker_core/base/strong_id.h"
#include "broker_core/base/time.h"

/// What the broker shows of itself: an immutable copy, made by the engine, read by others without a lock on the engine.
namespace plugbroker::engine {

enum class WorkerState : std::uint8_t { starting, ready, busy, draining, gone };
/// Why a worker is replaced although nothing is wrong with it.
enum class RecycleReason : std::uint8_t { calls, age, memory, schedule, files_changed, configuration, operator_asked };
inline constexpr std::size_t recycle_reasons = 7;
/// Whether a pool may start workers: closed, it may; open, it may not; half_open, one probe is under way.
enum class BreakerState : std::uint8_t { closed, open, half_open };
enum class BrokerState : std::uint8_t { starting, running, stopping, stopped };

[[nodiscard]] std::string_view to_string(WorkerState state) noexcept;
[[nodiscard]] std::string_view to_string(BrokerState state) noexcept;
[[nodiscard]] std::string_view to_string(RecycleReason reason) noexcept;
[[nodiscard]] std::string_view to_string(BreakerState state) noexcept;

struct WorkerSnapshot {
  WorkerId id;
  std::uint32_t process_id = 0;
  WorkerState state = WorkerState::starting;
  std::uint32_t calls_in_progress = 0;
  std::uint64_t calls_completed = 0;
  TimePoint started{};
  std::vector<std::string> lacks_routes = {};  ///< Routes of its pool that it does not offer.
  std::uint64_t private_bytes = 0;             ///< As last observed; 0: not yet.
  bool to_be_recycled = false;                 ///< It serves until its replacement is ready.
  RecycleReason recycle_reason = RecycleReason::calls;  ///< Where `to_be_recycled`.
};

struct PoolSnapshot {
  std::string name;
  std::vector<std::string> routes;
  std::uint32_t min_workers = 0;
  std::uint32_t max_workers = 0;
  std::uint32_t concurrency = 0;
  std::uint32_t calls_waiting = 0;
  std::uint64_t workers_started = 0;
  std::uint64_t workers_failed = 0;  ///< Ended without being asked to, or never became ready.
  std::string last_failure;          ///< A sentence; empty when there was none.
  TimePoint last_failure_at{};
  TimePoint next_start = {};   ///< While backing off: the earliest next start; zero otherwise.
  bool attached_only = false;  ///< The broker starts no worker: its author attaches them.
  std::uint32_t spare_workers = 0;
  bool drained = false;  ///< By an administrator: takes no calls until it is resumed.
  BreakerState breaker = BreakerState::closed;
  std::uint32_t failures_in_window = 0;  ///< That the breaker counts.
  std::array<std::uint64_t, recycle_reasons> recycles{};  ///< Workers replaced, by reason.
  std::string last_recycle_problem{};  ///< Why a replacement did not come up, while the old worker serves on; or empty.
  Duration longest_wait{};           ///< Of a call that waits now.
  std::uint64_t calls_repeated = 0;  ///< Idempotent calls that went back to the queue when their worker was lost.
  std::vector<WorkerSnapshot> workers;
};

/// A user with sessions.
struct CallerSnapshot {
  std::string sid;
  std::string account;  ///< Empty when it is not known.
  std::uint32_t sessions = 0;
  std::uint32_t calls_in_progress = 0;
  std::uint64_t queued_bytes = 0;         ///< Memory of requests that wait and replies that are not given out yet.
  std::uint64_t bytes_being_written = 0;  ///< Of replies, beside those.
  std::uint64_t refused = 0;              ///< Sessions and calls, by a quota.
};

struct Snapshot {
  BrokerState state = BrokerState::starting;
  TimePoint taken_at{};
  TimePoint started{};
  std::uint32_t sessions = 0;
  std::uint32_t half_open_connections = 0;
  std::uint32_t calls_in_progress = 0;  ///< Accepted, without an outcome yet; waiting ones too.
  std::uint64_t calls_accepted = 0;     ///< REQUESTs that opened a stream.
  std::array<std::uint64_t, highest_status_code + 1> calls_by_status{};  ///< Outcomes.
  std::uint64_t protocol_errors = 0;
  std::uint64_t buffered_bytes = 0;  ///< Payload held in the broker.
  std::uint64_t calls_denied = 0;    ///< Calls of routes that exist and that their callers may not call.
  std::uint64_t quota_refusals = 0;  ///< Sessions and calls that a quota of their user had no room for.
  std::uint64_t held_bytes = 0;      ///< Memory of all users' requests and unread replies.
  std::vector<CallerSnapshot> callers{};  ///< At most limits::max_shown_callers, those with the most sessions first.
  std::vector<PoolSnapshot> pools;
};

}  // namespace plugbroker::engine
