// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/call_time_limits.h"

#include <algorithm>

#include "broker_core/engine/milliseconds_text.h"
#include "broker_core/engine/pool.h"

namespace plugbroker::engine {
namespace {

TimePoint after(TimePoint from, Duration limit) noexcept {
  return limit == Duration{} ? far_future : from + limit;
}

/// When the pool's own limit passes, in the state that the call is in.
TimePoint pool_limit(const Call& call) noexcept {
  const PoolConfig& config = call.pool->config;
  if (call.state == CallState::waiting) return after(call.waiting_since, config.queue_timeout);
  if (call.state == CallState::running) return after(call.given_at, config.execution_limit);
  return far_future;
}

/// Why no worker had it, as far as the pool knows.
std::string without_worker(const Pool& pool) {
  if (pool.serving > 0) return {};
  std::string text = " (no worker of pool '" + pool.config.name + "' is ready";
  if (pool.config.attached_only) text += ": its author attaches one";
  if (!pool.last_failure.empty()) text += "; last failure: " + pool.last_failure;
  return text + ")";
}

}  // namespace

TimePoint next_time_limit(const Call& call) noexcept {
  return std::min(call.deadline, pool_limit(call));
}

PassedLimit passed_time_limit(const Call& call) {
  const Pool& pool = *call.pool;
  const PoolConfig& config = pool.config;
  const bool is_pool_limit = pool_limit(call) < call.deadline;
  const bool has_no_worker = call.state == CallState::waiting || call.state == CallState::assigned;
  if (has_no_worker) {
    const std::string again = call.repeated ? ", after a worker that had received the call has ended" : "";
    if (!is_pool_limit) return {.message = "the deadline passed in the queue" + again + without_worker(pool)};
    return {.status = StatusCode::unavailable,
            .message = "the call waited " + milliseconds_text(config.queue_timeout) +
                       ", the pool's queue_timeout, for a worker" + again + without_worker(pool)};
  }
  if (!is_pool_limit) return {.message = "the deadline passed at the worker"};
  return {.message = "the call ran for " + milliseconds_text(config.execution_limit) + ", the pool's execution_limit"};
}

}  // namespace plugbroker::engine
