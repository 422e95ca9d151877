// SPDX-License-Identifier: Apache-2.0
#include "broker_core/admin/status_text.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <vector>

#include "broker_core/admin/document_fields.h"
#include "broker_core/admin/pool_remarks.h"
#include "broker_core/admin/text_table.h"

namespace plugbroker::admin {
namespace {

namespace json = boost::json;

using Pools = std::vector<const json::object*>;

std::string heading(const json::object& status) {
  std::string text =
      text_of(status, "service_name") + ' ' + text_of(status, "version") + ": " + text_of(status, "state");
  const std::string degraded = name_list(status, "degraded_pools");
  if (!degraded.empty()) text += ", degraded (below the minimum of workers: " + degraded + ")";
  if (!has_number(status, "snapshot_age_ms")) {
    text += ", nothing published yet";
  } else {
    // The time is the process's, so "for" would be wrong of a service that has just begun to stop.
    const std::string state = text_of(status, "state");
    const bool stops = state == "stopping" || state == "stopped";
    const std::string uptime = time_text(number_of(status, "uptime_ms"));
    text += (stops ? ", started " + uptime + " ago" : " for " + uptime) + ", as of " +
            time_text(number_of(status, "snapshot_age_ms")) + " ago";
  }
  return text + "\nprocess " + count_of(status, "process_id") + ", pipe " + text_of(status, "pipe") + ", admin pipe " +
         text_of(status, "admin_pipe") + '\n';
}

std::string counters(const json::object& status) {
  const std::string outcomes = counts_of(status, "calls_by_status");
  return "sessions " + count_of(status, "sessions") + " and " + count_of(status, "half_open_connections") +
         " half open, " + "calls in progress " + count_of(status, "calls_in_progress") + ", bytes held " +
         count_of(status, "buffered_bytes") + ", protocol errors " + count_of(status, "protocol_errors") +
         "\ncalls accepted " + count_of(status, "calls_accepted") + (outcomes.empty() ? "" : ": " + outcomes) + '\n';
}

/// Only where there is something to tell.
std::string refusals(const json::object& status) {
  const auto denied = number_of(status, "calls_denied");
  const auto refused = number_of(status, "quota_refusals");
  if (denied == 0 && refused == 0) return {};
  return "calls denied " + count_of(status, "calls_denied") + ", refused by a user's quota " +
         count_of(status, "quota_refusals") + " (see access_denied and quota_exceeded in the log)\n";
}

std::string limits_of(const json::object& pool) {
  return count_of(pool, "min_workers") + ".." + count_of(pool, "max_workers");
}

std::string worker_count(const json::object& pool) {
  return std::to_string(objects_of(pool, "workers").size());
}

std::string routes_table(const Pools& pools) {
  TextTable table;
  table.add_line({"POOL", "WORKERS", "MIN..MAX", "WAITING", "STARTED", "FAILED", "ROUTES"});
  for (const json::object* pool : pools) {
    table.add_line({text_of(*pool, "name"), worker_count(*pool), limits_of(*pool), count_of(*pool, "calls_waiting"),
                    count_of(*pool, "workers_started"), count_of(*pool, "workers_failed"), name_list(*pool, "routes")});
  }
  return table.text();
}

std::string health_table(const Pools& pools) {
  TextTable table;
  table.add_line({"POOL", "STATE", "WORKERS", "MIN..MAX", "WAITING", "LONGEST", "STARTED", "FAILED", "RECYCLED"});
  for (const json::object* pool : pools) {
    const std::string recycles = counts_of(*pool, "recycles");
    table.add_line({text_of(*pool, "name"), pool_state(*pool), worker_count(*pool), limits_of(*pool),
                    count_of(*pool, "calls_waiting"), time_text(number_of(*pool, "longest_wait_ms")),
                    count_of(*pool, "workers_started"), count_of(*pool, "workers_failed"),
                    recycles.empty() ? "0" : recycles});
  }
  return table.text();
}

// The memory is that of the last look, and there may have been none.
std::string worker_table(const Pools& pools) {
  TextTable table;
  table.add_line({"WORKER", "POOL", "PROCESS", "STATE", "CALLS", "DONE", "AGE", "MEMORY"});
  for (const json::object* pool : pools) {
    for (const json::object* worker : objects_of(*pool, "workers")) {
      const bool observed = has_number(*worker, "private_bytes");
      table.add_line({count_of(*worker, "id"), text_of(*pool, "name"), count_of(*worker, "process_id"),
                      text_of(*worker, "state"), count_of(*worker, "calls_in_progress"),
                      count_of(*worker, "calls_completed"), time_text(number_of(*worker, "age_ms")),
                      observed ? bytes_text(number_of(*worker, "private_bytes")) : "-"});
    }
  }
  return table.text();
}

// What a reload could not put in place.
std::string restart_remark(const json::object& status, const StatusView& view) {
  const bool of_the_service = view.part == StatusPart::everything || view.part == StatusPart::operated;
  const std::string settings = name_list(status, "restart_needed");
  if (!of_the_service || !view.pool.empty() || settings.empty()) return {};
  return "changed in the file, but only used after a restart of the service: " + settings + '\n';
}

// Not on Windows; where the configuration lets the service run all the same it must not go unseen.
std::string enforcement_remark(const json::object& status, const StatusView& view) {
  if (view.part != StatusPart::everything) return {};
  std::string lines;
  for (const std::string& text : texts_of(status, "not_enforced")) {
    lines += "NOT ENFORCED by this system: " + text + '\n';
  }
  return lines;
}

bool any_worker(const Pools& pools) {
  return std::ranges::any_of(pools, [](const json::object* pool) { return !objects_of(*pool, "workers").empty(); });
}

std::string tables(const Pools& pools, StatusPart part) {
  const std::string workers = any_worker(pools) ? worker_table(pools) : std::string{};
  const std::string below = workers.empty() ? workers : '\n' + workers;
  switch (part) {
    case StatusPart::everything:
      return '\n' + routes_table(pools) + below;
    case StatusPart::pools:
      return health_table(pools);
    case StatusPart::workers:
      return workers.empty() ? "no worker\n" : workers;
    case StatusPart::operated:
      return health_table(pools) + below;
  }
  return {};
}

}  // namespace

Result<std::string> status_text(std::string_view text, const StatusView& view) {
  json::error_code error;
  const json::value document = json::parse(json::string_view{text.data(), text.size()}, error);
  if (error || !document.is_object() || !has_number(document.get_object(), "schema_version")) {
    return {StatusCode::invalid_argument, "the service's answer is not a status document"};
  }
  const json::object& status = document.get_object();
  Pools pools = objects_of(status, "pools");
  if (!view.pool.empty()) {
    std::erase_if(pools, [&](const json::object* pool) { return text_of(*pool, "name") != view.pool; });
    if (pools.empty()) return {StatusCode::not_found, "the service has no pool \"" + std::string{view.pool} + '"'};
  }
  std::string shown =
      view.part == StatusPart::everything ? heading(status) + counters(status) + refusals(status) : std::string{};
  if (pools.empty()) return shown.empty() ? "no pool\n" : shown;
  shown += tables(pools, view.part);
  std::string remarks = restart_remark(status, view) + enforcement_remark(status, view);
  for (const json::object* pool : pools) remarks += pool_remarks(*pool);
  if (!remarks.empty()) shown += '\n' + remarks;
  return shown;
}

}  // namespace plugbroker::admin
