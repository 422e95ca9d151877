// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker_core/engine/outcomes.h"

namespace plugbroker::engine {

/// Which worker gets a call, and when.
///
/// A call goes to the ready worker that holds the fewest, never above its concurrency; else it waits in its pool's
/// queue, first come, first served. It doesn't wait in vain: while a pool has no worker, starts none and must back off,
/// a call ends at once (unavailable, after_backoff) when the next start comes after its deadline, or when
/// `starts_before_failing_fast` starts in a row have failed, or the breaker is open. While a worker starts, be it the
/// breaker's probe, calls wait for it.
class Dispatcher {
 public:
  Dispatcher(EngineState& state, Outcomes& outcomes) noexcept : state_(state), outcomes_(outcomes) {}

  /// Starts in a row that may fail before calls stop waiting for the next one.
  static constexpr std::uint32_t starts_before_failing_fast = 3;

  /// A new call of a known pool: to a worker, into the queue, or to its end.
  void place(Call& call);

  /// Hands out waiting calls while workers have free slots.
  void dispatch(Pool& pool);

  /// Calls of a worker that takes no more, as far as it took no byte of them, go back to the front of the queue.
  void give_back_unstarted(Worker& worker);

  /// The worker's GOAWAY: it accepted no call above `last_stream`. They go back to the front of the queue as far as
  /// their requests are still here; the others end (unavailable, safe to repeat). Not ok: a protocol error.
  Status take_back_refused(Worker& worker, std::uint64_t last_stream);

  /// Ends waiting calls that wait in vain.
  void end_hopeless(Pool& pool);

 private:
  void assign(Call& call, Worker& worker);
  void give_back(Call& call);
  [[nodiscard]] bool is_hopeless(const Pool& pool, TimePoint deadline) const;
  void end_as_hopeless(Call& call);

  EngineState& state_;
  Outcomes& outcomes_;
};

}  // namespace plugbroker::engine
