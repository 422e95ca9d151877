// SPDX-License-Identifier: Apache-2.0
#include "broker_core/config/schema_table.h"

#include <algorithm>
#include <array>

#include "broker_core/base/limits.h"
#include "broker_core/config/name_rules.h"

namespace plugbroker::config {
namespace {

constexpr std::uint64_t second = 1'000;
constexpr std::uint64_t minute = 60 * second;
constexpr std::uint64_t hour = 60 * minute;
constexpr std::uint64_t mebibyte = 1024 * 1024;
constexpr std::uint64_t longest_text = 32'000;  // What a Windows command line or path can hold, and a little less.

constexpr std::array<std::string_view, 4> level_names{"debug", "information", "warning", "error"};

LogLevel level_of(const std::string& name) {
  const auto found = std::ranges::find(level_names, name);
  return static_cast<LogLevel>(found - level_names.begin());
}

const std::string& text(const Value& value) {
  return std::get<std::string>(value);
}
std::uint64_t number(const Value& value) {
  return std::get<std::uint64_t>(value);
}
std::uint32_t small(const Value& value) {
  return static_cast<std::uint32_t>(number(value));
}
Duration duration(const Value& value) {
  return std::get<Duration>(value);
}
const std::vector<std::string>& list(const Value& value) {
  return std::get<std::vector<std::string>>(value);
}

using D = Destination;
using V = const Value&;

const std::array entries{
    SchemaEntry{.path = "/pipe",
                .fallback = R"(\\.\pipe\PlugBroker)",
                .minimum = 1,
                .maximum = 256,
                .description =
                    R"(The pipe that plugins connect to: `\\.\pipe\` and 1 to 128 characters of `A-Z a-z 0-9 . _ -`.)",
                .problem = pipe_name_problem,
                .store = [](D to, V value) { to.broker.pipe = text(value); }},
    SchemaEntry{.path = "/admin_pipe",
                .fallback = R"(\\.\pipe\PlugBroker.Admin)",
                .minimum = 1,
                .maximum = 256,
                .description = "The pipe that `plugbrokerctl` connects to. Must differ from `pipe`.",
                .problem = pipe_name_problem,
                .store = [](D to, V value) { to.broker.admin_pipe = text(value); }},
    SchemaEntry{.path = "/stop_grace",
                .type = ValueType::duration,
                .fallback = "20s",
                .minimum = 0,
                .maximum = 10 * minute,
                .description = "How long calls that are running may go on when the service stops; then they are ended.",
                .store = [](D to, V value) { to.broker.stop_grace = duration(value); }},

    SchemaEntry{.path = "/log/folder",
                .fallback = "",
                .minimum = 1,
                .maximum = longest_text,
                .description =
                    R"(Folder of the log files, made if missing. Absent: `%ProgramData%\PlugBroker\logs`; in console )"
                    "mode, no log files.",
                .problem = absolute_path_problem,
                .store = [](D to, V value) { to.broker.log.folder = text(value); }},
    SchemaEntry{.path = "/log/level",
                .type = ValueType::choice,
                .fallback = "information",
                .description = "The least important lines that are written.",
                .choices = level_names,
                .store = [](D to, V value) { to.broker.log.level = level_of(text(value)); }},
    SchemaEntry{.path = "/log/max_file_bytes",
                .type = ValueType::integer,
                .unit = "bytes",
                .fallback = "10485760",
                .minimum = 4096,
                .maximum = 1024 * mebibyte,
                .description = "A log file that has grown to this size is put aside and a new one begun.",
                .store = [](D to, V value) { to.broker.log.max_file_bytes = number(value); }},
    SchemaEntry{.path = "/log/max_files",
                .type = ValueType::integer,
                .unit = "files",
                .fallback = "10",
                .minimum = 2,
                .maximum = 1000,
                .description = "Log files kept, the one being written included; the oldest are deleted.",
                .store = [](D to, V value) { to.broker.log.max_files = small(value); }},

    SchemaEntry{.path = "/limits/max_payload_bytes",
                .type = ValueType::integer,
                .unit = "bytes",
                .fallback = "67108864",
                .minimum = 1,
                .maximum = 1024 * mebibyte,
                .description = "Largest message of a request or a reply, inclusive; a call without streams has one of "
                               "each. One byte more ends the call with `resource_exhausted`.",
                .store = [](D to, V value) { to.broker.limits.max_payload_bytes = number(value); }},
    SchemaEntry{.path = "/limits/max_sessions",
                .type = ValueType::integer,
                .unit = "sessions",
                .fallback = "16384",
                .minimum = 1,
                .maximum = 65536,
                .description = "Plugins connected at once; one more is refused with `resource_exhausted`.",
                .store = [](D to, V value) { to.broker.limits.max_sessions = small(value); }},
    SchemaEntry{.path = "/limits/max_streams_per_session",
                .type = ValueType::integer,
                .unit = "calls",
                .fallback = "256",
                .minimum = 1,
                .maximum = 4096,
                .description = "Calls of one session at once; one more ends with `resource_exhausted`.",
                .store = [](D to, V value) { to.broker.limits.max_streams_per_session = small(value); }},
    SchemaEntry{.path = "/limits/hello_timeout",
                .type = ValueType::duration,
                .fallback = "2s",
                .minimum = 100,
                .maximum = minute,
                .description = "A connection that has not said HELLO by then is closed.",
                .store = [](D to, V value) { to.broker.limits.hello_timeout = duration(value); }},

    SchemaEntry{.path = "/flow_control/stream_window_bytes",
                .type = ValueType::integer,
                .unit = "bytes",
                .fallback = "131072",
                .minimum = limits::min_window_bytes,
                .maximum = limits::largest_stream_window_bytes,
                .description = "What a peer may send ahead on one stream before it waits for the reader.",
                .store = [](D to, V value) { to.broker.flow_control.stream_window_bytes = small(value); }},
    SchemaEntry{.path = "/flow_control/stream_window_max_bytes",
                .type = ValueType::integer,
                .unit = "bytes",
                .fallback = "1048576",
                .minimum = limits::min_window_bytes,
                .maximum = limits::largest_stream_window_bytes,
                .description = "What a stream's window may grow to while its reader keeps up. At least "
                               "`stream_window_bytes`; equal: windows do not grow.",
                .store = [](D to, V value) { to.broker.flow_control.stream_window_max_bytes = small(value); }},
    SchemaEntry{.path = "/flow_control/connection_window_bytes",
                .type = ValueType::integer,
                .unit = "bytes",
                .fallback = "1048576",
                .minimum = limits::min_window_bytes,
                .maximum = 1024 * mebibyte,
                .description = "What a peer may send ahead on one connection before the broker has read it.",
                .store = [](D to, V value) { to.broker.flow_control.connection_window_bytes = small(value); }},
    SchemaEntry{.path = "/flow_control/window_growth_bytes",
                .type = ValueType::integer,
                .unit = "bytes",
                .fallback = "4194304",
                .minimum = 0,
                .maximum = 1024 * mebibyte,
                .description = "What all windows of one connection may grow by together. A connection holds at most "
                               "its streams times `stream_window_bytes`, and this.",
                .store = [](D to, V value) { to.broker.flow_control.window_growth_bytes = number(value); }},

    SchemaEntry{.path = "/pools/*/command",
                .type = ValueType::text_list,
                .unit = "texts",
                .required = true,
                .minimum = 1,
                .maximum = 256,
                .description = "The worker: an absolute path to a program that exists (no batch file), then its "
                               "arguments. Each element reaches "
                               "the worker as one argument, whatever it contains.",
                .problem = argument_problem,
                .store = [](D to, V value) { to.pool->command = list(value); }},
    SchemaEntry{
        .path = "/pools/*/working_directory",
        .fallback = "",
        .minimum = 1,
        .maximum = longest_text,
        .description = "The worker's working directory, a folder that exists. Absent: the folder of the program.",
        .problem = absolute_path_problem,
        .store = [](D to, V value) { to.pool->working_directory = text(value); }},
    SchemaEntry{
        .path = "/pools/*/environment",
        .type = ValueType::text_map,
        .unit = "variables",
        .fallback = "{}",
        .minimum = 0,
        .maximum = 256,
        .description = "Environment variables, added to those of the service's account. Names that begin with "
                       "`PLUGBROKER_` are refused.",
        .problem = environment_name_problem,
        .store = [](D to, V value) { to.pool->environment = std::get<std::map<std::string, std::string>>(value); }},
    SchemaEntry{.path = "/pools/*/routes",
                .type = ValueType::text_list,
                .unit = "routes",
                .required = true,
                .minimum = 1,
                .maximum = limits::max_routes_per_worker,
                .description =
                    "The routes that plugins call: 1 to 255 characters of `A-Z a-z 0-9 . _ - /`. A route belongs to "
                    "one pool.",
                .problem = route_problem,
                .store = [](D to, V value) { to.pool->routes = list(value); }},
    SchemaEntry{.path = "/pools/*/min_workers",
                .type = ValueType::integer,
                .unit = "processes",
                .fallback = "1",
                .minimum = 0,
                .maximum = limits::max_workers_per_pool,
                .description = "Workers kept alive. At most `max_workers`.",
                .store = [](D to, V value) { to.pool->min_workers = small(value); }},
    SchemaEntry{.path = "/pools/*/max_workers",
                .type = ValueType::integer,
                .unit = "processes",
                .fallback = "4",
                .minimum = 1,
                .maximum = limits::max_workers_per_pool,
                .description = "Workers started while calls wait. One more may run while another drains.",
                .store = [](D to, V value) { to.pool->max_workers = small(value); }},
    SchemaEntry{.path = "/pools/*/concurrency",
                .type = ValueType::integer,
                .unit = "calls",
                .fallback = "1",
                .minimum = 1,
                .maximum = limits::max_concurrency,
                .description =
                    "Calls that one worker holds at once; the worker is told by its variable `PLUGBROKER_CONCURRENCY`.",
                .store = [](D to, V value) { to.pool->concurrency = small(value); }},
    SchemaEntry{.path = "/pools/*/queue_limit",
                .type = ValueType::integer,
                .unit = "calls",
                .fallback = "1000",
                .minimum = 1,
                .maximum = 1'000'000,
                .description = "Calls that may wait for a worker; one more ends with `resource_exhausted`.",
                .store = [](D to, V value) { to.pool->queue_limit = small(value); }},
    SchemaEntry{.path = "/pools/*/start_timeout",
                .type = ValueType::duration,
                .fallback = "30s",
                .minimum = 100,
                .maximum = 10 * minute,
                .description = "From the start of a worker to its READY; then it is ended and counts as failed.",
                .store = [](D to, V value) { to.pool->start_timeout = duration(value); }},
    SchemaEntry{.path = "/pools/*/stop_timeout",
                .type = ValueType::duration,
                .fallback = "5s",
                .minimum = 0,
                .maximum = 10 * minute,
                .description = "From asking a worker to stop to its exit; then it is ended.",
                .store = [](D to, V value) { to.pool->stop_timeout = duration(value); }},
    SchemaEntry{.path = "/pools/*/cancel_grace",
                .type = ValueType::duration,
                .fallback = "5s",
                .minimum = 0,
                .maximum = 10 * minute,
                .description =
                    "From telling a worker that a call is cancelled to the worker's answer; then the worker is "
                    "replaced.",
                .store = [](D to, V value) { to.pool->cancel_grace = duration(value); }},
    SchemaEntry{.path = "/pools/*/restart_backoff_min",
                .type = ValueType::duration,
                .fallback = "250ms",
                .minimum = 10,
                .maximum = hour,
                .description = "Wait before the next start after a worker failed; doubles with each failure in a row.",
                .store = [](D to, V value) { to.pool->restart_backoff_min = duration(value); }},
    SchemaEntry{.path = "/pools/*/restart_backoff_max",
                .type = ValueType::duration,
                .fallback = "30s",
                .minimum = 10,
                .maximum = 24 * hour,
                .description = "The longest such wait. At least `restart_backoff_min`.",
                .store = [](D to, V value) { to.pool->restart_backoff_max = duration(value); }},
};

}  // namespace

std::string_view to_string(ValueType type) noexcept {
  switch (type) {
    case ValueType::text:
      return "text";
    case ValueType::integer:
      return "whole number";
    case ValueType::duration:
      return "duration";
    case ValueType::choice:
      return "choice";
    case ValueType::text_list:
      return "list of texts";
    case ValueType::text_map:
      return "object of texts";
  }
  return "unrecognised";
}

std::span<const SchemaEntry> schema_table() {
  return entries;
}

std::string_view key_of(const SchemaEntry& entry) {
  return entry.path.substr(entry.path.rfind('/') + 1);
}

std::string_view parent_of(const SchemaEntry& entry) {
  return entry.path.substr(0, entry.path.rfind('/'));
}

}  // namespace plugbroker::config
