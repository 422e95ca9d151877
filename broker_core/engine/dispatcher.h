// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker_core/engine/offence.h"
#include "broker_core/engine/outcomes.h"

namespace plugbroker::engine {

/// Which worker gets a call, and when.
///
/// A call goes to the ready worker that holds the fewest, never above its concurrency; with sticky_sessions to the one
/// that had its session's last call of the pool, while that has a free slot. Else it waits in its pool's queue, where
/// the callers (SIDs) take turns (fair_queue.h). It doesn't wait in vain: while a pool has no worker, starts none and
/// must back off, a call ends at once (unavailable, after_backoff) when the next start comes after its deadline, when
/// `starts_before_failing_fast` starts in a row have failed, or when the breaker is open. In the last two cases also
/// when the time of the next start has come, but workers that are being ended hold every place. While a worker starts,
/// be it the breaker's probe, calls wait for it. Whose call ends is told when the next start is.
///
/// When queue_limit calls wait, a caller with fewer than an equal share gets in and the newest call of the caller with
/// the most ends instead. Whose call ends (resource_exhausted, after_backoff) is told when to try again: after as long
/// as its caller's calls wait now, between limits::shortest_retry_after and longest_retry_after.
class Dispatcher {
 public:
  Dispatcher(EngineState& state, Outcomes& outcomes) noexcept : state_(state), outcomes_(outcomes) {}

  /// Starts in a row that may fail before calls stop waiting for the next one.
  static constexpr std::uint32_t starts_before_failing_fast = 3;
  /// The hint where nobody knows when: a pool that is drained, or that waits for the end of a worker.
  static constexpr Duration unsure_retry_after = std::chrono::seconds{1};

  /// A new call of a known pool: to a worker, into the queue, or to its end.
  void place(Call& call);

  /// A waiting call whose route belongs to another pool now, also when the queue there is full. Its wait begins anew.
  void move(Call& call, Pool& pool);

  /// Hands out waiting calls while workers have free slots.
  void dispatch(Pool& pool);

  /// Calls of a worker that takes no more, as far as it took no byte of them, go back to the front of their caller's.
  void give_back_unstarted(Worker& worker);

  /// The worker's GOAWAY: it accepted no call above `last_stream`. They go back to the front of their caller's as far
  /// as their requests are still here; the others end (unavailable, safe to repeat).
  Offence take_back_refused(Worker& worker, std::uint64_t last_stream);

  /// Ends waiting calls that wait in vain.
  void end_hopeless(Pool& pool);

 private:
  [[nodiscard]] Worker* choose(const Call& call);
  void assign(Call& call, Worker& worker);
  [[nodiscard]] bool make_room_for(const Call& call);
  void end_as_exhausted(Call& call, std::string_view why);
  [[nodiscard]] bool is_hopeless(const Pool& pool, TimePoint deadline) const;
  void end_as_hopeless(Call& call);

  EngineState& state_;
  Outcomes& outcomes_;
};

}  // namespace plugbroker::engine
