// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "broker_core/base/limits.h"
#include "broker_core/config/access_rules.h"
#include "broker_core/config/name_rules.h"
#include "broker_core/config/setting_groups.h"

namespace plugbroker::config {
namespace {

constexpr std::array<std::string_view, 3> dump_names{"off", "mini", "full"};
constexpr std::array<std::string_view, 3> token_names{"restricted", "sandbox", "inherit"};

using D = Destination;
using V = const Value&;

constexpr std::array pool_entries{
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
        .pattern = absolute_path_pattern,
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
    SchemaEntry{.path = "/pools/*/token",
                .type = ValueType::choice,
                .fallback = "restricted",
                .description = "What the workers may do. `restricted`: the service's account without its privileges, "
                               "without the rights of an administrator, at medium integrity. `sandbox`: the same, and "
                               "it may only write where its pool or everybody may; it has a temporary folder (`TEMP`) "
                               "and a data folder (`PLUGBROKER_DATA`) of its own. `inherit`: all that the service may; "
                               "for workers that need a right which the others don't have. See SECURITY.md.",
                .choices = token_names,
                .store = [](D to, V value) { to.pool->token = choice_of<TokenKind>(token_names, text(value)); }},
    SchemaEntry{.path = "/pools/*/routes",
                .type = ValueType::text_list,
                .unit = "routes",
                .required = true,
                .minimum = 1,
                .maximum = limits::max_routes_per_worker,
                .description =
                    "The routes that plugins call: 1 to 255 characters of `A-Z a-z 0-9 . _ - /`. A route belongs to "
                    "one pool.",
                .pattern = route_pattern,
                .problem = route_problem,
                .store = [](D to, V value) { to.pool->routes = list(value); }},
    SchemaEntry{.path = "/pools/*/idempotent_routes",
                .type = ValueType::text_list,
                .unit = "routes",
                .fallback = "[]",
                .minimum = 0,
                .maximum = limits::max_routes_per_worker,
                .unique = true,
                .description = "Those of `routes` whose work may be done twice: a call whose worker died is given to "
                               "another one, once, within its deadline. Empty, because only the author of a route "
                               "knows whether a second time does harm.",
                .pattern = route_pattern,
                .problem = route_problem,
                .store = [](D to, V value) { to.pool->idempotent_routes = list(value); }},

    SchemaEntry{.path = "/pools/*/access",
                .fallback = "D:(A;;0x1;;;AU)",
                .minimum = 1,
                .maximum = 4096,
                .description =
                    "Who may call the routes, as an SDDL with nothing but a list: `D:` and entries `(A;;0x1;;;SID)` for "
                    "who may and `(D;;0x1;;;SID)` for who may not. AU is everybody but anonymous callers, services and "
                    "scheduled tasks included; IU is who is logged on at the machine. Who may not is told that there "
                    "is no such route. See SECURITY.md.",
                .pattern = access_pattern,
                .problem = access_problem,
                .store = [](D to, V value) { to.pool->access = text(value); }},
    SchemaEntry{
        .path = "/pools/*/route_access",
        .type = ValueType::text_map,
        .unit = "routes",
        .fallback = "{}",
        .minimum = 0,
        .maximum = limits::max_routes_per_worker,
        .description = "The same for single routes of the pool, by their names; it holds in place of `access`.",
        .problem = route_problem,
        .store = [](D to, V value) { to.pool->route_access = std::get<std::map<std::string, std::string>>(value); }},

    SchemaEntry{.path = "/pools/*/min_workers",
                .type = ValueType::integer,
                .unit = "processes",
                .fallback = "1",
                .minimum = 0,
                .maximum = limits::max_workers_per_pool,
                .description = "Workers kept alive. At most `max_workers`; equal: a pool of fixed size. 0: the first "
                               "call waits for a start. 1, so that it does not, and that a worker which can't start "
                               "shows before a call needs it.",
                .store = [](D to, V value) { to.pool->min_workers = small(value); }},
    SchemaEntry{.path = "/pools/*/max_workers",
                .type = ValueType::integer,
                .unit = "processes",
                .fallback = "4",
                .minimum = 1,
                .maximum = limits::max_workers_per_pool,
                .description = "Workers started while calls wait, or too few are spare. Up to `max_surge` more run "
                               "while others are replaced. 4 is a start for any machine; what fits yours is its "
                               "processors, or its memory divided by that of a worker.",
                .store = [](D to, V value) { to.pool->max_workers = small(value); }},
    SchemaEntry{.path = "/pools/*/spare_workers",
                .type = ValueType::integer,
                .unit = "processes",
                .fallback = "0",
                .minimum = 0,
                .maximum = limits::max_workers_per_pool,
                .description = "Workers kept ready with room for a call, beside those that are full, so that a burst "
                               "does not wait for starts. At most `max_workers`. 0, because a spare worker is memory "
                               "that most pools never use.",
                .store = [](D to, V value) { to.pool->spare_workers = small(value); }},
    SchemaEntry{.path = "/pools/*/max_concurrent_starts",
                .type = ValueType::integer,
                .unit = "processes",
                .fallback = "4",
                .minimum = 1,
                .maximum = limits::max_workers_per_pool,
                .description = "Workers that may be starting at the same time; as many are started as the queue needs. "
                               "Starts compete for processors and disk: many at once make each late, up to its "
                               "`start_timeout`.",
                .store = [](D to, V value) { to.pool->max_concurrent_starts = small(value); }},
    SchemaEntry{.path = "/pools/*/max_surge",
                .type = ValueType::integer,
                .unit = "processes",
                .fallback = "1",
                .minimum = 0,
                .maximum = limits::max_workers_per_pool,
                .description = "Workers beyond `max_workers` while others are replaced. With 1 a replacement is ready "
                               "before the old worker drains, at the cost of one process. More replaces a large pool "
                               "faster. 0: in a full pool the old worker stops first and calls wait for the new one; "
                               "for workers that can't run twice, or have no memory to.",
                .store = [](D to, V value) { to.pool->max_surge = small(value); }},
    SchemaEntry{.path = "/pools/*/idle_timeout",
                .type = ValueType::duration,
                .fallback = "0s",
                .minimum = 100,
                .maximum = 24 * hour,
                .or_zero = true,
                .description = "A worker beyond `min_workers` and `spare_workers` that had no call for so long is "
                               "stopped. 0s: never, because the next burst would pay for its start again; set it "
                               "where memory is short.",
                .store = [](D to, V value) { to.pool->idle_timeout = duration(value); }},

    SchemaEntry{.path = "/pools/*/concurrency",
                .type = ValueType::integer,
                .unit = "calls",
                .fallback = "1",
                .minimum = 1,
                .maximum = limits::max_concurrency,
                .description =
                    "Calls that one worker holds at once; the worker is told by its variable `PLUGBROKER_CONCURRENCY`. "
                    "1, because a worker that fails then fails one call, and its code need not be safe for threads.",
                .store = [](D to, V value) { to.pool->concurrency = small(value); }},
    SchemaEntry{.path = "/pools/*/sticky_sessions",
                .type = ValueType::boolean,
                .fallback = "false",
                .description = "Calls of a session go to the worker that had its last one, while that has room; for "
                               "workers that keep something for their caller. Without, each call goes to the worker "
                               "with the fewest, which is the shorter wait.",
                .store = [](D to, V value) { to.pool->sticky_sessions = truth(value); }},
    SchemaEntry{.path = "/pools/*/queue_limit",
                .type = ValueType::integer,
                .unit = "calls",
                .fallback = "1000",
                .minimum = 1,
                .maximum = 1'000'000,
                .description = "Calls that may wait for a worker; one more ends with `resource_exhausted`. A queue "
                               "bridges a burst; calls behind a thousand others mostly wait for their deadline.",
                .store = [](D to, V value) { to.pool->queue_limit = small(value); }},
    SchemaEntry{.path = "/pools/*/queue_timeout",
                .type = ValueType::duration,
                .fallback = "0s",
                .minimum = 1,
                .maximum = 24 * hour,
                .or_zero = true,
                .description = "How long a call may wait for a worker; then it ends, with an error that says so. 0s: "
                               "until its deadline, because the caller has said there how long it cares.",
                .store = [](D to, V value) { to.pool->queue_timeout = duration(value); }},
    SchemaEntry{.path = "/pools/*/execution_limit",
                .type = ValueType::duration,
                .fallback = "0s",
                .minimum = 1,
                .maximum = 24 * hour,
                .or_zero = true,
                .description = "How long a worker may take for one call, whatever its caller allows; then the call is "
                               "cancelled as at its deadline. 0s: the caller's deadline alone, which every call has.",
                .store = [](D to, V value) { to.pool->execution_limit = duration(value); }},

    SchemaEntry{.path = "/pools/*/start_timeout",
                .type = ValueType::duration,
                .fallback = "30s",
                .minimum = 100,
                .maximum = 10 * minute,
                .description =
                    "From the start of a worker to its READY; then it is ended and counts as failed. A "
                    ".NET worker mostly needs less than a second; 30 s forgive a virus scanner and a machine that "
                    "has just started.",
                .store = [](D to, V value) { to.pool->start_timeout = duration(value); }},
    SchemaEntry{.path = "/pools/*/stop_timeout",
                .type = ValueType::duration,
                .fallback = "5s",
                .minimum = 0,
                .maximum = 10 * minute,
                .description = "From asking a worker to stop to its exit; then it is ended. It has no call by then, so "
                               "5 s are for what it has to close.",
                .store = [](D to, V value) { to.pool->stop_timeout = duration(value); }},
    SchemaEntry{.path = "/pools/*/cancel_grace",
                .type = ValueType::duration,
                .fallback = "5s",
                .minimum = 0,
                .maximum = 10 * minute,
                .description =
                    "From telling a worker that a call is cancelled to the worker's answer; then the worker is "
                    "replaced. Its caller does not wait for that, but the worker's other calls are at stake.",
                .store = [](D to, V value) { to.pool->cancel_grace = duration(value); }},
    SchemaEntry{.path = "/pools/*/ping_interval",
                .type = ValueType::duration,
                .fallback = "10s",
                .minimum = 100,
                .maximum = hour,
                .or_zero = true,
                .description = "Between pings to a worker; 0s: none. A process that hangs is found within this and "
                               "`ping_timeout`, also when nobody calls it; a ping is one small frame each way.",
                .store = [](D to, V value) { to.pool->ping_interval = duration(value); }},
    SchemaEntry{.path = "/pools/*/ping_timeout",
                .type = ValueType::duration,
                .fallback = "10s",
                .minimum = 100,
                .maximum = 10 * minute,
                .description = "From a ping to its answer; then the worker is replaced and counts as failed. Long, "
                               "because a garbage collection or a swapping machine is no reason to end a worker.",
                .store = [](D to, V value) { to.pool->ping_timeout = duration(value); }},
    SchemaEntry{.path = "/pools/*/restart_backoff_min",
                .type = ValueType::duration,
                .fallback = "250ms",
                .minimum = 10,
                .maximum = hour,
                .description = "Wait before the next start after a worker failed; doubles with each failure in a row. "
                               "Short, because most failures are the only one.",
                .store = [](D to, V value) { to.pool->restart_backoff_min = duration(value); }},
    SchemaEntry{.path = "/pools/*/restart_backoff_max",
                .type = ValueType::duration,
                .fallback = "30s",
                .minimum = 10,
                .maximum = 24 * hour,
                .description = "The longest such wait. At least `restart_backoff_min`. After a repair the pool is back "
                               "within it.",
                .store = [](D to, V value) { to.pool->restart_backoff_max = duration(value); }},
    SchemaEntry{.path = "/pools/*/dump",
                .type = ValueType::choice,
                .fallback = "mini",
                .description = "What is written of a worker's memory before it is killed: nothing, its threads and "
                               "their stacks, or everything. `mini` is small and says where it hung; `full` shows the "
                               "objects too, with what callers sent in them, and takes as long as its memory is large.",
                .choices = dump_names,
                .store = [](D to, V value) { to.pool->dump = choice_of<DumpKind>(dump_names, text(value)); }},
};

}  // namespace

std::span<const SchemaEntry> pool_settings() {
  return pool_entries;
}

}  // namespace plugbroker::config
