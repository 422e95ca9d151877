// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <limits>

#include "broker_core/config/name_rules.h"
#include "broker_core/config/setting_groups.h"

namespace plugbroker::config {
namespace {

constexpr std::array<std::string_view, 5> priority_names{"idle", "below_normal", "normal", "above_normal", "high"};
constexpr std::uint64_t smallest_memory_bytes = 16 * mebibyte;  // So that what was meant in MiB is noticed.

using D = Destination;
using V = const Value&;

constexpr std::array pool_object_entries{
    SchemaEntry{.path = "/pools/*/recycle/after_calls",
                .type = ValueType::integer,
                .unit = "calls",
                .fallback = "0",
                .minimum = 0,
                .maximum = 1'000'000'000,
                .description = "A worker that has ended so many calls is replaced. 0: never, as for each of these: a "
                               "sound worker needs no replacement, so it is for what you know to leak.",
                .store = [](D to, V value) { to.pool->recycle.after_calls = number(value); }},
    SchemaEntry{.path = "/pools/*/recycle/after_age",
                .type = ValueType::duration,
                .fallback = "0s",
                .minimum = second,
                .maximum = 365 * 24 * hour,
                .or_zero = true,
                .description = "A worker that has been ready for so long is replaced. 0s: never.",
                .store = [](D to, V value) { to.pool->recycle.after_age = duration(value); }},
    SchemaEntry{.path = "/pools/*/recycle/private_bytes",
                .type = ValueType::integer,
                .unit = "bytes",
                .fallback = "0",
                .minimum = smallest_memory_bytes,
                .maximum = tebibyte,
                .or_zero = true,
                .description =
                    "A worker whose process has more private memory than this is replaced. 0: never. Unlike "
                    "`process.max_memory_bytes` it fails no call. At least 16 MiB, so that a number of MiB is noticed.",
                .store = [](D to, V value) { to.pool->recycle.private_bytes = number(value); }},
    SchemaEntry{.path = "/pools/*/recycle/at",
                .type = ValueType::text_list,
                .unit = "times",
                .fallback = "[]",
                .minimum = 0,
                .maximum = 24,
                .unique = true,
                .description = R"(Times of day, `"HH:MM"` from `"00:00"` to `"23:59"` by the machine's clock and time )"
                               "zone, at which all workers of the pool are replaced, one after another.",
                .pattern = time_of_day_pattern,
                .problem = time_of_day_problem,
                .store = [](D to, V value) { to.pool->recycle.at = list(value); }},
    SchemaEntry{.path = "/pools/*/recycle/on_file_change",
                .type = ValueType::boolean,
                .fallback = "false",
                .description = "Replaces all workers of the pool when a file in the folder of the program has changed "
                               "(behind `dotnet.exe`: in that of the `.dll`). "
                               "Workers then run from a copy of that folder, so that it can be overwritten while they "
                               "run. Off, because the copy costs disk and time at the start.",
                .store = [](D to, V value) { to.pool->recycle.on_file_change = truth(value); }},
    SchemaEntry{.path = "/pools/*/recycle/file_quiet_period",
                .type = ValueType::duration,
                .fallback = "2s",
                .minimum = 100,
                .maximum = 10 * minute,
                .description = "How long nothing must have changed in that folder before a change counts, so that a "
                               "deployment is seen when it is complete. 2 s bridge the gaps of a copy; a deployment "
                               "with longer pauses needs more.",
                .store = [](D to, V value) { to.pool->recycle.file_quiet_period = duration(value); }},

    SchemaEntry{.path = "/pools/*/breaker/failures",
                .type = ValueType::integer,
                .unit = "failures",
                .fallback = "5",
                .minimum = 1,
                .maximum = 1000,
                .description = "So many failures of any kind within `window` open the breaker. 5 in 5 minutes is what "
                               "IIS calls a rapid failure too.",
                .store = [](D to, V value) { to.pool->breaker.failures = small(value); }},
    SchemaEntry{.path = "/pools/*/breaker/window",
                .type = ValueType::duration,
                .fallback = "5m",
                .minimum = second,
                .maximum = 24 * hour,
                .description = "How long a failure counts.",
                .store = [](D to, V value) { to.pool->breaker.window = duration(value); }},
    SchemaEntry{.path = "/pools/*/breaker/probe_after",
                .type = ValueType::duration,
                .fallback = "10s",
                .minimum = 100,
                .maximum = hour,
                .description = "From the opening to the first probe, one worker that is started to see whether it "
                               "serves; doubles with each probe that fails. Soon, because a failure of something that "
                               "the worker needs is often over by then.",
                .store = [](D to, V value) { to.pool->breaker.probe_after = duration(value); }},
    SchemaEntry{.path = "/pools/*/breaker/probe_after_max",
                .type = ValueType::duration,
                .fallback = "5m",
                .minimum = 100,
                .maximum = 24 * hour,
                .description = "The longest such wait. At least `probe_after`. A pool is back so long after its repair "
                               "without anybody's doing.",
                .store = [](D to, V value) { to.pool->breaker.probe_after_max = duration(value); }},

    SchemaEntry{.path = "/pools/*/process/priority",
                .type = ValueType::choice,
                .fallback = "normal",
                .description = "The priority class of the process. `below_normal` keeps the machine responsive while "
                               "workers use all of it.",
                .choices = priority_names,
                .store = [](D to, V value) { to.pool->process.priority = text(value); }},
    SchemaEntry{.path = "/pools/*/process/affinity_mask",
                .type = ValueType::integer,
                .unit = "mask",
                .fallback = "0",
                .minimum = 0,
                .maximum = std::numeric_limits<std::int64_t>::max(),
                .description = "The processors that the worker may run on, one bit each, the lowest for processor 0; "
                               "JSON knows only decimal numbers, so processors 0 to 3 are 15. 0: all.",
                .store = [](D to, V value) { to.pool->process.affinity_mask = number(value); }},
    SchemaEntry{.path = "/pools/*/process/max_memory_bytes",
                .type = ValueType::integer,
                .unit = "bytes",
                .fallback = "0",
                .minimum = smallest_memory_bytes,
                .maximum = tebibyte,
                .or_zero = true,
                .description = "What the worker and its children may have committed together; beyond it Windows gives "
                               "them no more memory, which most workers don't survive. 0: no limit. At least 16 MiB, "
                               "so that a number of MiB is noticed.",
                .store = [](D to, V value) { to.pool->process.max_memory_bytes = number(value); }},
    SchemaEntry{.path = "/pools/*/process/max_cpu_percent",
                .type = ValueType::integer,
                .unit = "percent",
                .fallback = "0",
                .minimum = 0,
                .maximum = 100,
                .description = "The share of all processors together that the worker and its children may use. 0: no "
                               "limit.",
                .store = [](D to, V value) { to.pool->process.max_cpu_percent = small(value); }},
    SchemaEntry{.path = "/pools/*/process/max_processes",
                .type = ValueType::integer,
                .unit = "processes",
                .fallback = "0",
                .minimum = 0,
                .maximum = 10'000,
                .description = "The worker and its children; one more can't be started. 0: no limit. 1: no children.",
                .store = [](D to, V value) { to.pool->process.max_processes = small(value); }},
};

}  // namespace

std::span<const SchemaEntry> pool_object_settings() {
  return pool_object_entries;
}

}  // namespace plugbroker::config
