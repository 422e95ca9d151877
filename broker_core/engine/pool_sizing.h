// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "broker_core/engine/pool.h"

/// How many workers a pool should have, from its numbers alone: nothing here knows a time or starts anything.
///
/// Alive are those whose process has not ended, less up to `max_surge` that are on their way out: that drain, or are to
/// be recycled while their replacement is under way. Alive are never more than `max_workers`, so there are never more
/// than `max_workers` + `max_surge` processes.
namespace plugbroker::engine {

/// What the next start is for; nothing when none is wanted. In this order:
/// - The breaker is open: a probe, wanted or not, so that it closes by itself. While one is under way nothing else.
/// - Capacity, below `min_workers`, or as long as those that start don't suffice for the calls that wait and the spare
///   workers that lack. A pool that is drained or removed has no minimum and no spare ones.
/// - A replacement for one that is to be recycled.
/// At most `max_concurrent_starts` start at the same time; after a failure one.
[[nodiscard]] std::optional<StartPurpose> next_start_of(const Pool& pool) noexcept;

/// Whether one more may be alive. Where that is not so, and nobody serves or starts, workers that are being ended hold
/// every place, beyond what `max_surge` makes up for: until their process is gone, which a dump may delay.
[[nodiscard]] bool has_place_for_a_start(const Pool& pool) noexcept;

/// A worker that holds no call is neither needed for the minimum nor as a spare one.
[[nodiscard]] bool can_spare_an_idle_worker(const Pool& pool) noexcept;

}  // namespace plugbroker::engine
