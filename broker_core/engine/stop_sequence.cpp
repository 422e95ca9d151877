// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/stop_sequence.h"

#include <string>

namespace plugbroker::engine {
namespace {

constexpr std::string_view stopping_message = "the broker is stopping";

/// Calls `visit` for each; it may take the item it is given out of the list, but no other.
template <typename List, typename Visit>
void for_each(const List& list, Visit visit) {
  auto* next = list.front();
  for (auto* item = list.front(); item != nullptr; item = next) {
    next = list.next(*item);
    visit(*item);
  }
}

}  // namespace

void StopSequence::begin(Duration grace) {
  if (state_.stopping()) return;
  state_.phase = BrokerState::stopping;
  const auto grace_ms = std::chrono::ceil<std::chrono::milliseconds>(grace);
  state_.log(LogLevel::information, "stopping",
             std::to_string(state_.calls_in_progress) +
                 (state_.calls_in_progress == 1 ? " call in progress may finish within "
                                                : " calls in progress may finish within ") +
                 std::to_string(grace_ms.count()) + " ms");
  state_.timers.set(grace_timer_, state_.now + grace);
  for (Pool& pool : state_.pools) {
    for (Timer* timer : {&pool.backoff_timer, &pool.recycle_timer, &pool.look_timer}) state_.timers.cancel(*timer);
    end_waiting_calls(pool);
    state_.review(pool);
  }
  for_each(state_.workers.all(), [&](Worker& worker) {
    rooms_.dispatcher.give_back_unstarted(worker);  // While stopping: to their end.
  });
  for_each(state_.sessions.all(), [&](Session& session) { rooms_.sessions.drain(session); });
}

void StopSequence::grace_over() {
  if (state_.phase != BrokerState::stopping) return;
  for_each(state_.sessions.all(), [&](Session& session) {
    for_each(session.calls, [&](Call& call) {
      if (!Outcomes::is_undecided(call)) return;
      rooms_.outcomes.decide(call, StatusCode::unavailable, RetryClass::safe, stopping_message);
    });
    rooms_.sessions.close(session);
  });
  for_each(state_.workers.all(), [&](Worker& worker) { rooms_.workers.stop(worker); });
}

void StopSequence::review() {
  if (state_.phase != BrokerState::stopping) return;
  if (!state_.workers.all().empty() || state_.sessions.open > 0) return;
  while (Session* session = state_.sessions.first_half_open()) rooms_.sessions.close(*session);
  if (!state_.sessions.all().empty()) return;
  state_.timers.cancel(grace_timer_);
  state_.phase = BrokerState::stopped;
  state_.log(LogLevel::information, "stopped", {});
  state_.commands.push(Stopped{});
}

void StopSequence::end_waiting_calls(Pool& pool) {
  while (Call* call = pool.waiting.front()) {
    rooms_.outcomes.decide(*call, StatusCode::unavailable, RetryClass::safe, stopping_message);
  }
}

}  // namespace plugbroker::engine
