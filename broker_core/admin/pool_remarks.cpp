// SPDX-License-Identifier: Apache-2.0
#include "broker_core/admin/pool_remarks.h"

#include <algorithm>
#include <string_view>

#include "broker_core/admin/document_fields.h"
#include "broker_core/admin/text_table.h"

namespace plugbroker::admin {
namespace {

namespace json = boost::json;

bool awaits_attached_worker(const json::object& pool) {
  return flag_of(pool, "attached_only") && objects_of(pool, "workers").empty();
}

bool has_worker(const json::object& pool, std::string_view state) {
  const auto workers = objects_of(pool, "workers");
  return std::ranges::any_of(workers, [&](const json::object* worker) { return text_of(*worker, "state") == state; });
}

std::string in_time(const json::object& pool, const std::string& what) {
  return has_number(pool, "next_start_in_ms") ? ", " + what + " in " + time_text(number_of(pool, "next_start_in_ms"))
                                              : std::string{};
}

// When the pool starts its next worker. An open breaker without a time waits for the end of a worker that holds a
// place.
std::string probe_time(const json::object& pool) {
  const bool waits = !has_number(pool, "next_start_in_ms") && has_worker(pool, "draining");
  return waits ? ", next probe when a worker that is being ended is gone" : in_time(pool, "next probe");
}

// "" while the breaker is closed.
std::string breaker_remark(const json::object& pool) {
  const std::string breaker = text_of(pool, "breaker");
  const std::string failures = count_of(pool, "failures_in_window") + " failures";
  if (breaker == "open") return "breaker open after " + failures + ", calls fail at once" + probe_time(pool);
  if (breaker == "half_open") return "breaker half open after " + failures + ", a probe is under way";
  return {};
}

std::string failure_remark(const json::object& pool) {
  const std::string reason = text_of(pool, "last_failure");
  if (reason.empty()) return {};
  const std::string breaker = text_of(pool, "breaker");
  const bool stopped_by_breaker = breaker == "open" || breaker == "half_open";
  std::string text = "last failure " + time_text(number_of(pool, "last_failure_age_ms")) + " ago: " + reason;
  if (!stopped_by_breaker && has_number(pool, "next_start_in_ms")) {
    text += "; backing off, next start in " + time_text(number_of(pool, "next_start_in_ms"));
  }
  return text;
}

std::string recycle_remark(const json::object& pool) {
  const std::string problem = text_of(pool, "last_recycle_problem");
  return problem.empty() ? std::string{} : "a replacement did not come up, the old worker serves on: " + problem;
}

std::string worker_remarks(const std::string& name, const json::object& worker) {
  std::string lines;
  const std::string who = name + ": worker " + count_of(worker, "id");
  if (const std::string lacks = name_list(worker, "lacks_routes"); !lacks.empty()) {
    lines += who + " does not offer " + lacks + '\n';
  }
  if (flag_of(worker, "to_be_recycled")) {
    lines += who + " is to be recycled (" + text_of(worker, "recycle_reason") +
             ") and serves until its replacement is ready\n";
  }
  return lines;
}

}  // namespace

std::string pool_state(const json::object& pool) {
  const std::string breaker = text_of(pool, "breaker");
  if (flag_of(pool, "drained")) return "drained";
  if (breaker == "open") return "breaker open";
  if (breaker == "half_open") return "probing";
  if (awaits_attached_worker(pool)) return "awaits worker";
  if (has_worker(pool, "ready") || has_worker(pool, "busy")) return "serving";
  if (has_number(pool, "next_start_in_ms")) return "backing off";
  if (has_worker(pool, "starting")) return "starting";
  return has_worker(pool, "draining") ? "ending" : "no worker";
}

std::string pool_remarks(const json::object& pool) {
  const std::string name = text_of(pool, "name");
  std::string lines;
  const auto add = [&](const std::string& remark) {
    if (!remark.empty()) lines += name + ": " + remark + '\n';
  };
  if (awaits_attached_worker(pool)) {
    add("starts no worker, and awaits one that is attached (PLUGBROKER_ATTACH=" + name + ')');
  }
  if (flag_of(pool, "drained")) add("drained by an administrator, takes no calls until it is resumed");
  add(breaker_remark(pool));
  for (const json::object* worker : objects_of(pool, "workers")) lines += worker_remarks(name, *worker);
  add(failure_remark(pool));
  add(recycle_remark(pool));
  return lines;
}

}  // namespace plugbroker::admin
