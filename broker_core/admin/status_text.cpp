// SPDX-License-Identifier: Apache-2.0
#include "broker_core/admin/status_text.h"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "broker_core/admin/text_table.h"
#include "broker_core/base/escaped_text.h"

namespace plugbroker::admin {
namespace {

namespace json = boost::json;

constexpr std::size_t longest_text = 1000;

std::string text_of(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(json::string_view{key.data(), key.size()});
  if (value == nullptr || !value->is_string()) return {};
  const json::string& text = value->get_string();
  return escaped_text({text.data(), text.size()}, EscapeStyle::plain, longest_text);
}

// Null when the field is missing or no whole number.
const json::value* number_field(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(json::string_view{key.data(), key.size()});
  return value != nullptr && value->is_int64() ? value : nullptr;
}

std::int64_t number_of(const json::object& object, std::string_view key) {
  const json::value* value = number_field(object, key);
  return value == nullptr ? 0 : value->get_int64();
}

std::string count_of(const json::object& object, std::string_view key) {
  return std::to_string(number_of(object, key));
}

const json::array& list_of(const json::object& object, std::string_view key) {
  static const json::array none;
  const json::value* value = object.if_contains(json::string_view{key.data(), key.size()});
  return value != nullptr && value->is_array() ? value->get_array() : none;
}

std::string heading(const json::object& status) {
  std::string text =
      text_of(status, "service_name") + ' ' + text_of(status, "version") + ": " + text_of(status, "state");
  if (number_field(status, "snapshot_age_ms") == nullptr) {
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

std::string outcomes(const json::object& status) {
  const json::value* calls = status.if_contains("calls_by_status");
  if (calls == nullptr || !calls->is_object()) return {};
  std::string text;
  for (const json::key_value_pair& pair : calls->get_object()) {
    if (!pair.value().is_int64() || pair.value().get_int64() == 0) continue;
    const std::string name{pair.key().data(), pair.key().size()};
    text += (text.empty() ? ": " : ", ") + std::to_string(pair.value().get_int64()) + ' ' +
            escaped_text(name, EscapeStyle::plain, longest_text);
  }
  return text;
}

std::string counters(const json::object& status) {
  return "sessions " + count_of(status, "sessions") + " and " + count_of(status, "half_open_connections") +
         " half open, " + "calls in progress " + count_of(status, "calls_in_progress") + ", bytes held " +
         count_of(status, "buffered_bytes") + ", protocol errors " + count_of(status, "protocol_errors") +
         "\ncalls accepted " + count_of(status, "calls_accepted") + outcomes(status) + '\n';
}

std::string name_list(const json::object& object, std::string_view key) {
  std::string text;
  for (const json::value& name : list_of(object, key)) {
    if (!name.is_string()) continue;
    text += (text.empty() ? "" : ", ") +
            escaped_text({name.get_string().data(), name.get_string().size()}, EscapeStyle::plain, longest_text);
  }
  return text;
}

std::string pool_table(const json::array& pools) {
  TextTable table;
  table.add_line({"POOL", "WORKERS", "MIN..MAX", "WAITING", "STARTED", "FAILED", "ROUTES"});
  for (const json::value& value : pools) {
    if (!value.is_object()) continue;
    const json::object& pool = value.get_object();
    table.add_line({text_of(pool, "name"), std::to_string(list_of(pool, "workers").size()),
                    count_of(pool, "min_workers") + ".." + count_of(pool, "max_workers"),
                    count_of(pool, "calls_waiting"), count_of(pool, "workers_started"),
                    count_of(pool, "workers_failed"), name_list(pool, "routes")});
  }
  return table.text();
}

// "" when there is no worker.
std::string worker_table(const json::array& pools) {
  TextTable table;
  table.add_line({"WORKER", "POOL", "PROCESS", "STATE", "CALLS", "DONE", "AGE"});
  bool any = false;
  for (const json::value& pool : pools) {
    if (!pool.is_object()) continue;
    for (const json::value& value : list_of(pool.get_object(), "workers")) {
      if (!value.is_object()) continue;
      const json::object& worker = value.get_object();
      any = true;
      table.add_line({count_of(worker, "id"), text_of(pool.get_object(), "name"), count_of(worker, "process_id"),
                      text_of(worker, "state"), count_of(worker, "calls_in_progress"),
                      count_of(worker, "calls_completed"), time_text(number_of(worker, "age_ms"))});
    }
  }
  return any ? '\n' + table.text() : std::string{};
}

bool awaits_attached_worker(const json::object& pool) {
  const json::value* attached = pool.if_contains("attached_only");
  return attached != nullptr && attached->is_bool() && attached->get_bool() && list_of(pool, "workers").empty();
}

// What is wrong, or awaited, although nothing has failed; "" for nothing.
std::string remark_lines(const json::object& pool) {
  std::string lines;
  const std::string name = text_of(pool, "name");
  if (awaits_attached_worker(pool)) {
    lines += name + ": starts no worker, and awaits one that is attached (PLUGBROKER_ATTACH=" + name + ")\n";
  }
  for (const json::value& value : list_of(pool, "workers")) {
    if (!value.is_object()) continue;
    const std::string lacks = name_list(value.get_object(), "lacks_routes");
    if (lacks.empty()) continue;
    lines += name + ": worker " + count_of(value.get_object(), "id") + " does not offer " + lacks + '\n';
  }
  return lines;
}

// "" for a pool without a failure.
std::string failure_line(const json::object& pool) {
  const std::string reason = text_of(pool, "last_failure");
  if (reason.empty()) return {};
  std::string line =
      text_of(pool, "name") + ": last failure " + time_text(number_of(pool, "last_failure_age_ms")) + " ago: " + reason;
  if (number_field(pool, "next_start_in_ms") != nullptr) {
    line += "; backing off, next start in " + time_text(number_of(pool, "next_start_in_ms"));
  }
  return line + '\n';
}

}  // namespace

Result<std::string> status_text(std::string_view text) {
  json::error_code error;
  const json::value document = json::parse(json::string_view{text.data(), text.size()}, error);
  if (error || !document.is_object() || number_field(document.get_object(), "schema_version") == nullptr) {
    return {StatusCode::invalid_argument, "the service's answer is not a status document"};
  }
  const json::object& status = document.get_object();
  const json::array& pools = list_of(status, "pools");
  std::string shown = heading(status) + counters(status);
  if (pools.empty()) return shown;
  shown += '\n' + pool_table(pools) + worker_table(pools);
  std::string remarks;
  for (const json::value& pool : pools) {
    if (pool.is_object()) remarks += remark_lines(pool.get_object()) + failure_line(pool.get_object());
  }
  if (!remarks.empty()) shown += '\n' + remarks;
  return shown;
}

}  // namespace plugbroker::admin
