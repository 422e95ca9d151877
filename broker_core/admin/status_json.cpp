// SPDX-License-Identifier: Apache-2.0
#include "broker_core/admin/status_json.h"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <string_view>

#include "broker_core/admin/pool_shortage.h"
#include "broker_core/base/escaped_text.h"

namespace plugbroker::admin {
namespace {

namespace json = boost::json;

constexpr std::size_t longest_text = 4096;

// The layer may read the engine's data but not link it, so it has the names of the states itself.
std::string_view name_of(engine::BrokerState state) {
  switch (state) {
    case engine::BrokerState::starting:
      return "starting";
    case engine::BrokerState::running:
      return "running";
    case engine::BrokerState::stopping:
      return "stopping";
    case engine::BrokerState::stopped:
      return "stopped";
  }
  return "unrecognised";
}

std::string_view name_of(engine::WorkerState state) {
  switch (state) {
    case engine::WorkerState::starting:
      return "starting";
    case engine::WorkerState::ready:
      return "ready";
    case engine::WorkerState::busy:
      return "busy";
    case engine::WorkerState::draining:
      return "draining";
    case engine::WorkerState::gone:
      return "gone";
  }
  return "unrecognised";
}

std::string_view name_of(engine::BreakerState state) {
  switch (state) {
    case engine::BreakerState::closed:
      return "closed";
    case engine::BreakerState::open:
      return "open";
    case engine::BreakerState::half_open:
      return "half_open";
  }
  return "unrecognised";
}

std::string_view name_of(engine::RecycleReason reason) {
  switch (reason) {
    case engine::RecycleReason::calls:
      return "calls";
    case engine::RecycleReason::age:
      return "age";
    case engine::RecycleReason::memory:
      return "memory";
    case engine::RecycleReason::schedule:
      return "schedule";
    case engine::RecycleReason::files_changed:
      return "files_changed";
    case engine::RecycleReason::configuration:
      return "configuration";
    case engine::RecycleReason::operator_asked:
      return "operator_asked";
  }
  return "unrecognised";
}

json::value text_value(std::string_view text) {
  const std::string escaped = escaped_text(text, EscapeStyle::plain, longest_text);
  return json::value(json::string_view{escaped.data(), escaped.size()});
}

json::string_view view(std::string_view text) {
  return {text.data(), text.size()};
}

// Zero when `later` is the earlier one.
std::int64_t milliseconds_between(TimePoint earlier, TimePoint later) {
  if (later <= earlier) return 0;
  return std::chrono::duration_cast<std::chrono::milliseconds>(later - earlier).count();
}

json::array text_list(const std::vector<std::string>& texts) {
  json::array list;
  for (const std::string& text : texts) list.push_back(text_value(text));
  return list;
}

// A service that stops is not degraded.
json::array degraded_pools(const engine::Snapshot& snapshot) {
  json::array names;
  if (snapshot.state != engine::BrokerState::starting && snapshot.state != engine::BrokerState::running) return names;
  for (const PoolShortage& shortage : pool_shortages(snapshot)) names.push_back(text_value(shortage.pool));
  return names;
}

json::object worker_object(const engine::WorkerSnapshot& worker, TimePoint now) {
  return {{"id", worker.id.value},
          {"process_id", worker.process_id},
          {"state", view(name_of(worker.state))},
          {"calls_in_progress", worker.calls_in_progress},
          {"calls_completed", worker.calls_completed},
          {"age_ms", milliseconds_between(worker.started, now)},
          {"lacks_routes", text_list(worker.lacks_routes)},
          {"private_bytes", worker.private_bytes == 0 ? json::value(nullptr) : json::value(worker.private_bytes)},
          {"to_be_recycled", worker.to_be_recycled},
          {"recycle_reason",
           worker.to_be_recycled ? json::value(view(name_of(worker.recycle_reason))) : json::value(nullptr)}};
}

json::value failure_age_value(const engine::PoolSnapshot& pool, TimePoint now) {
  if (pool.last_failure.empty()) return nullptr;
  return milliseconds_between(pool.last_failure_at, now);
}

json::value next_start_value(const engine::PoolSnapshot& pool, TimePoint now) {
  if (pool.next_start == TimePoint{}) return nullptr;
  return milliseconds_between(now, pool.next_start);
}

json::object recycles_object(const engine::PoolSnapshot& pool) {
  json::object recycles;
  for (std::size_t reason = 0; reason < pool.recycles.size(); ++reason) {
    recycles[view(name_of(static_cast<engine::RecycleReason>(reason)))] = pool.recycles[reason];
  }
  return recycles;
}

/// Null where nobody may call any more, because the pool was taken away.
json::value access_value(const StatusContext& context, const std::string& pool) {
  const auto found = context.access.find(pool);
  return found == context.access.end() ? json::value(nullptr) : text_value(found->second.access);
}

json::object route_access_object(const StatusContext& context, const std::string& pool) {
  json::object routes;
  const auto found = context.access.find(pool);
  if (found == context.access.end()) return routes;
  for (const auto& [route, access] : found->second.routes) routes[view(route)] = text_value(access);
  return routes;
}

json::object caller_object(const engine::CallerSnapshot& caller) {
  return {{"sid", text_value(caller.sid)},
          {"account", text_value(caller.account)},
          {"sessions", caller.sessions},
          {"calls_in_progress", caller.calls_in_progress},
          {"queued_bytes", caller.queued_bytes},
          {"bytes_being_written", caller.bytes_being_written},
          {"refused", caller.refused}};
}

json::object pool_object(const engine::PoolSnapshot& pool, const StatusContext& context) {
  const TimePoint now = context.now;
  json::array workers;
  for (const engine::WorkerSnapshot& worker : pool.workers) workers.push_back(worker_object(worker, now));
  return {{"name", text_value(pool.name)},
          {"routes", text_list(pool.routes)},
          {"min_workers", pool.min_workers},
          {"max_workers", pool.max_workers},
          {"concurrency", pool.concurrency},
          {"calls_waiting", pool.calls_waiting},
          {"workers_started", pool.workers_started},
          {"workers_failed", pool.workers_failed},
          {"last_failure", text_value(pool.last_failure)},
          {"last_failure_age_ms", failure_age_value(pool, now)},
          {"next_start_in_ms", next_start_value(pool, now)},
          {"attached_only", pool.attached_only},
          {"spare_workers", pool.spare_workers},
          {"drained", pool.drained},
          {"breaker", view(name_of(pool.breaker))},
          {"failures_in_window", pool.failures_in_window},
          {"recycles", recycles_object(pool)},
          {"last_recycle_problem", text_value(pool.last_recycle_problem)},
          {"longest_wait_ms", std::chrono::duration_cast<std::chrono::milliseconds>(pool.longest_wait).count()},
          {"calls_repeated", pool.calls_repeated},
          {"access", access_value(context, pool.name)},
          {"route_access", route_access_object(context, pool.name)},
          {"workers", std::move(workers)}};
}

json::object calls_by_status(const engine::Snapshot& snapshot) {
  json::object calls;
  for (std::size_t code = 0; code < snapshot.calls_by_status.size(); ++code) {
    calls[view(to_string(static_cast<StatusCode>(code)))] = snapshot.calls_by_status[code];
  }
  return calls;
}

}  // namespace

std::string status_json(const engine::Snapshot* snapshot, const StatusContext& context) {
  json::object status{{"schema_version", status_schema_version}, {"service_name", text_value(context.service_name)},
                      {"version", text_value(context.version)},  {"process_id", context.process_id},
                      {"pipe", text_value(context.pipe)},        {"admin_pipe", text_value(context.admin_pipe)}};
  const engine::Snapshot none;
  const engine::Snapshot& shown = snapshot == nullptr ? none : *snapshot;
  status["restart_needed"] = text_list(context.restart_needed);
  status["not_enforced"] = text_list(context.not_enforced);
  status["state"] = view(name_of(shown.state));
  status["degraded_pools"] = degraded_pools(shown);
  status["snapshot_age_ms"] =
      snapshot == nullptr ? json::value(nullptr) : json::value(milliseconds_between(shown.taken_at, context.now));
  status["uptime_ms"] = snapshot == nullptr ? 0 : milliseconds_between(shown.started, context.now);
  status["sessions"] = shown.sessions;
  status["half_open_connections"] = shown.half_open_connections;
  status["calls_in_progress"] = shown.calls_in_progress;
  status["calls_accepted"] = shown.calls_accepted;
  status["calls_by_status"] = calls_by_status(shown);
  status["protocol_errors"] = shown.protocol_errors;
  status["buffered_bytes"] = shown.buffered_bytes;
  status["held_bytes"] = shown.held_bytes;
  status["calls_denied"] = shown.calls_denied;
  status["quota_refusals"] = shown.quota_refusals;
  json::array callers;
  for (const engine::CallerSnapshot& caller : shown.callers) callers.push_back(caller_object(caller));
  status["callers"] = std::move(callers);
  json::array pools;
  for (const engine::PoolSnapshot& pool : shown.pools) pools.push_back(pool_object(pool, context));
  status["pools"] = std::move(pools);
  return json::serialize(status);
}

}  // namespace plugbroker::admin
