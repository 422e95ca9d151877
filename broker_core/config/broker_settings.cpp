// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "broker_core/base/limits.h"
#include "broker_core/config/name_rules.h"
#include "broker_core/config/setting_groups.h"

namespace plugbroker::config {
namespace {

constexpr std::array<std::string_view, 4> level_names{"debug", "information", "warning", "error"};
constexpr std::array<std::string_view, 2> token_check_names{"strict", "report"};

using D = Destination;
using V = const Value&;

constexpr std::array broker_entries{
    SchemaEntry{.path = "/$schema",
                .fallback = "",
                .minimum = 1,
                .maximum = longest_text,
                .description = "Where an editor finds the JSON Schema of this file; see \"In an editor\". The service "
                               "does not look at it.",
                .problem = argument_problem,
                .store = [](D, V) {}},
    SchemaEntry{.path = "/pipe",
                .fallback = R"(\\.\pipe\PlugBroker)",
                .minimum = 1,
                .maximum = 256,
                .description =
                    R"(The pipe that plugins connect to: `\\.\pipe\` and 1 to 128 characters of `A-Z a-z 0-9 . _ -`, the last no dot. )"
                    "The default is the one that clients use unless told otherwise.",
                .pattern = pipe_pattern,
                .problem = pipe_name_problem,
                .store = [](D to, V value) { to.broker.pipe = text(value); }},
    SchemaEntry{.path = "/admin_pipe",
                .fallback = R"(\\.\pipe\PlugBroker.Admin)",
                .minimum = 1,
                .maximum = 256,
                .description = "The pipe that `plugbrokerctl` connects to. Must differ from `pipe`.",
                .pattern = pipe_pattern,
                .problem = pipe_name_problem,
                .store = [](D to, V value) { to.broker.admin_pipe = text(value); }},
    SchemaEntry{.path = "/ready_timeout",
                .type = ValueType::duration,
                .fallback = "30s",
                .minimum = 0,
                .maximum = 10 * minute,
                .description =
                    "How long the service may report START_PENDING while a pool has fewer than its `min_workers` "
                    "ready; then it reports RUNNING all the same, degraded. The default is that of a worker's "
                    "`start_timeout`. 0s: it never waits.",
                .store = [](D to, V value) { to.broker.ready_timeout = duration(value); }},
    SchemaEntry{.path = "/stop_grace",
                .type = ValueType::duration,
                .fallback = "20s",
                .minimum = 0,
                .maximum = 10 * minute,
                .description =
                    "How long calls that are running may go on when the service stops; then they are ended. With the "
                    "default, and those of `cancel_grace` and `stop_timeout`, a stop is over within a minute.",
                .store = [](D to, V value) { to.broker.stop_grace = duration(value); }},
    SchemaEntry{.path = "/shutdown_grace",
                .type = ValueType::duration,
                .fallback = "5s",
                .minimum = 0,
                .maximum = 10 * minute,
                .description =
                    "The same when the system shuts down, which waits for the service meanwhile. Never more than half "
                    "of the time that the system gives the service then (OPERATIONS.md).",
                .store = [](D to, V value) { to.broker.shutdown_grace = duration(value); }},
    SchemaEntry{.path = "/self_probe_interval",
                .type = ValueType::duration,
                .fallback = "1m",
                .minimum = 0,
                .maximum = 60 * minute,
                .description =
                    "How often the service opens its own `pipe` and says HELLO, as a plugin would. When that fails "
                    "three times in a row, it stops with exit code 7. A probe is one connection and one frame each "
                    "way. 0s: at the start only.",
                .store = [](D to, V value) { to.broker.self_probe_interval = duration(value); }},
    SchemaEntry{.path = "/token_check",
                .type = ValueType::choice,
                .fallback = "strict",
                .description = "What happens when Windows did not make the service's token or a worker's as it was "
                               "asked for (`token` of a pool). `strict`: it is not started. `report`: it is, and the "
                               "log and `plugbrokerctl status` say what is missing. Only for systems that can't do "
                               "it, such as Wine; on Windows leave it away.",
                .choices = token_check_names,
                .store =
                    [](D to, V value) {
                      to.broker.token_check = choice_of<TokenCheck>(token_check_names, text(value));
                    }},

    SchemaEntry{.path = "/log/folder",
                .fallback = "",
                .minimum = 1,
                .maximum = longest_text,
                .description =
                    R"(Folder of the log files, made if missing. Absent: `%ProgramData%\PlugBroker\logs`; in console )"
                    "mode, no log files.",
                .pattern = absolute_path_pattern,
                .problem = absolute_path_problem,
                .store = [](D to, V value) { to.broker.log.folder = text(value); }},
    SchemaEntry{.path = "/log/level",
                .type = ValueType::choice,
                .fallback = "information",
                .description = "The least important lines that are written. `debug` writes some for every session and "
                               "for every call that fails, so it is for a search, not for every day.",
                .choices = level_names,
                .store = [](D to, V value) { to.broker.log.level = choice_of<LogLevel>(level_names, text(value)); }},
    SchemaEntry{.path = "/log/max_file_bytes",
                .type = ValueType::integer,
                .unit = "bytes",
                .fallback = "10485760",
                .minimum = 4096,
                .maximum = 1024 * mebibyte,
                .description = "A log file that has grown to this size is put aside and a new one begun. 10 MiB still "
                               "opens in any editor.",
                .store = [](D to, V value) { to.broker.log.max_file_bytes = number(value); }},
    SchemaEntry{.path = "/log/max_files",
                .type = ValueType::integer,
                .unit = "files",
                .fallback = "10",
                .minimum = 2,
                .maximum = 1000,
                .description = "Log files kept, the one being written included; the oldest are deleted. By default "
                               "the log never takes more than 100 MiB.",
                .store = [](D to, V value) { to.broker.log.max_files = small(value); }},

    SchemaEntry{.path = "/limits/max_payload_bytes",
                .type = ValueType::integer,
                .unit = "bytes",
                .fallback = "67108864",
                .minimum = 1,
                .maximum = 1024 * mebibyte,
                .description = "Largest message of a request or a reply, inclusive; a call without streams has one of "
                               "each. One byte more ends the call with `resource_exhausted`. 64 MiB is a large "
                               "document; what is larger is better sent as a stream of messages.",
                .store = [](D to, V value) { to.broker.limits.max_payload_bytes = number(value); }},
    SchemaEntry{.path = "/limits/max_sessions",
                .type = ValueType::integer,
                .unit = "sessions",
                .fallback = "16384",
                .minimum = 1,
                .maximum = 65536,
                .description = "Plugins connected at once; one more is refused with `resource_exhausted`. Far more "
                               "than a machine's plugins need; it stops a program that connects again and again.",
                .store = [](D to, V value) { to.broker.limits.max_sessions = small(value); }},
    SchemaEntry{.path = "/limits/max_streams_per_session",
                .type = ValueType::integer,
                .unit = "calls",
                .fallback = "256",
                .minimum = 1,
                .maximum = 4096,
                .description = "Calls of one session at once; one more ends with `resource_exhausted`. Each may hold "
                               "`stream_window_bytes` of memory, so that the default bounds a session to 36 MiB.",
                .store = [](D to, V value) { to.broker.limits.max_streams_per_session = small(value); }},
    SchemaEntry{.path = "/limits/max_queued_bytes",
                .type = ValueType::integer,
                .unit = "bytes",
                .fallback = "1073741824",
                .minimum = mebibyte,
                .maximum = tebibyte,
                .description = "Memory for requests that wait and replies that are not read, of all sessions together. "
                               "No user may hold more than is still free of it, so that there is always room for one "
                               "more: a single one at most half, of three each a quarter. What does not fit ends its "
                               "call with `resource_exhausted`. At least `quotas.max_queued_bytes`.",
                .store = [](D to, V value) { to.broker.limits.max_queued_bytes = number(value); }},
    SchemaEntry{.path = "/limits/hello_timeout",
                .type = ValueType::duration,
                .fallback = "2s",
                .minimum = 100,
                .maximum = minute,
                .description = "A connection that has not said HELLO by then is closed. A client says it at once; 2 s "
                               "forgive a machine that is busy.",
                .store = [](D to, V value) { to.broker.limits.hello_timeout = duration(value); }},

    SchemaEntry{.path = "/quotas/max_sessions",
                .type = ValueType::integer,
                .unit = "sessions",
                .fallback = "4096",
                .minimum = 1,
                .maximum = 65536,
                .description = "Plugins of one user connected at once; one more is refused. A quarter of "
                               "`limits.max_sessions`; make it less when you make that less.",
                .store = [](D to, V value) { to.broker.quotas.max_sessions = small(value); }},
    SchemaEntry{.path = "/quotas/max_calls",
                .type = ValueType::integer,
                .unit = "calls",
                .fallback = "4096",
                .minimum = 1,
                .maximum = 1'000'000,
                .description = "Calls of one user at once, waiting ones included, in all his sessions; one more ends "
                               "at once. Far more than a user's plugins have; a program that floods stops there.",
                .store = [](D to, V value) { to.broker.quotas.max_calls = small(value); }},
    SchemaEntry{.path = "/quotas/max_queued_bytes",
                .type = ValueType::integer,
                .unit = "bytes",
                .fallback = "268435456",
                .minimum = mebibyte,
                .maximum = tebibyte,
                .description = "Memory for requests that wait and replies that are not read, of all sessions of one "
                               "user. What does not fit ends its call. At least "
                               "`flow_control.stream_window_max_bytes`, which a single call may hold.",
                .store = [](D to, V value) { to.broker.quotas.max_queued_bytes = number(value); }},
    SchemaEntry{.path = "/quotas/hello_rate",
                .type = ValueType::integer,
                .unit = "sessions a second",
                .fallback = "200",
                .minimum = 1,
                .maximum = 100'000,
                .description =
                    "How many sessions one user may open in a second, in the long run, whether they succeed "
                    "or not; one more is refused. A plugin keeps its session, so that even hundreds of hosts "
                    "need only a few.",
                .store = [](D to, V value) { to.broker.quotas.hello_rate = small(value); }},
    SchemaEntry{.path = "/quotas/hello_burst",
                .type = ValueType::integer,
                .unit = "sessions",
                .fallback = "2000",
                .minimum = 1,
                .maximum = 100'000,
                .description = "How many he may open at once before `hello_rate` holds: after a restart of the "
                               "service all hosts of a user come back together.",
                .store = [](D to, V value) { to.broker.quotas.hello_burst = small(value); }},

    SchemaEntry{.path = "/flow_control/stream_window_bytes",
                .type = ValueType::integer,
                .unit = "bytes",
                .fallback = "131072",
                .minimum = limits::min_window_bytes,
                .maximum = limits::largest_stream_window_bytes,
                .description = "What a peer may send ahead on one stream before it waits for the reader. 128 KiB are "
                               "about two of the largest frames: one is read while the next is on its way.",
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

    SchemaEntry{.path = "/evidence/folder",
                .fallback = "",
                .minimum = 1,
                .maximum = longest_text,
                .description = R"(Folder of the cases, made if missing. Absent: `%ProgramData%\PlugBroker\evidence`; )"
                               "in console mode, nothing is kept. A dump can hold what callers sent, so only SYSTEM, "
                               "administrators and the service may look into it.",
                .pattern = absolute_path_pattern,
                .problem = absolute_path_problem,
                .store = [](D to, V value) { to.broker.evidence.folder = text(value); }},
    SchemaEntry{.path = "/evidence/max_cases",
                .type = ValueType::integer,
                .unit = "cases",
                .fallback = "20",
                .minimum = 0,
                .maximum = 1000,
                .description = "Cases kept, of all pools together; the oldest are deleted. 0: nothing is kept. 20 "
                               "reach back over some days of trouble, and take at most 5 GiB with dumps of "
                               "`max_dump_bytes`.",
                .store = [](D to, V value) { to.broker.evidence.max_cases = small(value); }},
    SchemaEntry{.path = "/evidence/max_dump_bytes",
                .type = ValueType::integer,
                .unit = "bytes",
                .fallback = "268435456",
                .minimum = mebibyte,
                .maximum = tebibyte,
                .description = "A larger dump is deleted; the rest of its case stays. 256 MiB are plenty for `mini`; "
                               "`full` is as large as the worker's memory, so raise it for that.",
                .store = [](D to, V value) { to.broker.evidence.max_dump_bytes = number(value); }},
    SchemaEntry{.path = "/evidence/dump_timeout",
                .type = ValueType::duration,
                .fallback = "10s",
                .minimum = 100,
                .maximum = 10 * minute,
                .description = "How long a dump may take; then the worker is ended without one. The worker counts as "
                               "alive until then, so that a long time delays its replacement in a full pool.",
                .store = [](D to, V value) { to.broker.evidence.dump_timeout = duration(value); }},
};

}  // namespace

std::span<const SchemaEntry> broker_settings() {
  return broker_entries;
}

}  // namespace plugbroker::config
