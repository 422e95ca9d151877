// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/dispatcher.h"

#include <algorithm>
#include <string>

#include "broker_core/engine/call_time_limits.h"
#include "broker_core/engine/milliseconds_text.h"
#include "broker_core/engine/size_limit_text.h"

namespace plugbroker::engine {

void Dispatcher::place(Call& call) {
  Pool& pool = *call.pool;
  Worker* worker = pool.waiting.empty() ? choose(call) : nullptr;
  if (worker != nullptr) {
    assign(call, *worker);
  } else if (is_hopeless(pool, call.deadline)) {
    end_as_hopeless(call);
  } else if (!make_room_for(call)) {
    end_as_exhausted(call, "is full");
  } else {
    call_machine.apply(call.state, CallHappening::queued);
    pool.waiting.push_back(call, call.session->caller->id, state_.now);
    if (pool.config.queue_timeout != Duration{}) state_.timers.set(call.timer, next_time_limit(call));
    state_.review(pool);
  }
}

void Dispatcher::move(Call& call, Pool& pool) {
  call.pool->waiting.erase(call);
  state_.review(*call.pool);
  call.pool = &pool;
  pool.waiting.push_back(call, call.session->caller->id, state_.now);
  state_.timers.set(call.timer, next_time_limit(call));
  state_.review(pool);
}

void Dispatcher::dispatch(Pool& pool) {
  while (const Call* next = pool.waiting.front()) {
    Worker* worker = choose(*next);
    if (worker == nullptr) return;
    Call& call = pool.waiting.take_front(state_.now);
    if (pool.config.queue_timeout != Duration{}) state_.timers.set(call.timer, call.deadline);
    assign(call, *worker);
  }
}

void Dispatcher::give_back_unstarted(Worker& worker) {
  Call* next = nullptr;
  for (Call* call = worker.calls.back(); call != nullptr; call = next) {
    next = worker.calls.previous(*call);
    if (call->state != CallState::assigned) continue;
    if (state_.stopping()) {
      outcomes_.decide(*call, StatusCode::unavailable, RetryClass::safe, "the broker is stopping");
      continue;
    }
    outcomes_.put_back(*call, CallHappening::given_back);
  }
}

Status Dispatcher::take_back_refused(Worker& worker, std::uint64_t last_stream) {
  worker.refused_above = std::min(worker.refused_above, last_stream);
  Call* next = nullptr;
  for (Call* call = worker.calls.back(); call != nullptr; call = next) {
    next = worker.calls.previous(*call);
    if (call->to_worker.id <= worker.refused_above) continue;  // Accepted, or not sent at all.
    if (call->reply_begun) return {StatusCode::invalid_argument, "GOAWAY refuses a call that was answered"};
    const bool can_be_sent_again = call->to_worker.chunks.is_keeping() && !state_.stopping();
    if (call->state != CallState::running || !can_be_sent_again) {
      outcomes_.refused(*call);
      continue;
    }
    outcomes_.put_back(*call, CallHappening::given_back);
  }
  return {};
}

void Dispatcher::end_hopeless(Pool& pool) {
  Call* next = nullptr;
  for (Call* call = pool.waiting.front(); call != nullptr; call = next) {
    next = pool.waiting.next(*call);
    if (is_hopeless(pool, call->deadline)) end_as_hopeless(*call);
  }
}

Worker* Dispatcher::choose(const Call& call) {
  Pool& pool = *call.pool;
  if (pool.config.sticky_sessions) {
    Worker* worker = state_.workers.find(call.session->sticky_workers.find(pool.index));
    if (worker != nullptr && worker->in_load.linked) return worker;
  }
  return pool.least_loaded.find();
}

bool Dispatcher::make_room_for(const Call& call) {
  Pool& pool = *call.pool;
  if (pool.waiting.size() < pool.config.queue_limit) return true;
  Call* evicted = pool.waiting.to_evict_for(call.session->caller->id);
  if (evicted == nullptr) return false;
  end_as_exhausted(*evicted, "is full, and the call of another caller, who has fewer in it, takes its place");
  return true;
}

void Dispatcher::end_as_exhausted(Call& call, std::string_view why) {
  const Pool& pool = *call.pool;
  const Duration wait = pool.waiting.expected_wait(call.session->caller->id, state_.now);
  std::string message = "the queue of pool '" + pool.config.name + "' ";
  outcomes_.decide(call, StatusCode::resource_exhausted, RetryClass::after_backoff, message.append(why),
                   std::clamp(wait, limits::shortest_retry_after, limits::longest_retry_after));
}

void Dispatcher::assign(Call& call, Worker& worker) {
  Pool& pool = *worker.pool;
  if (pool.config.sticky_sessions) call.session->sticky_workers.remember(pool.index, worker.id);
  pool.least_loaded.erase(worker);
  worker.calls.push_back(call);
  call.worker = &worker;
  call_machine.apply(call.state, CallHappening::worker_chosen);
  worker_machine.apply(worker.state, WorkerHappening::call_given);
  if (worker.calls.size() < worker.concurrency) pool.least_loaded.insert(worker);
  if (pool.least_loaded.size() < pool.config.spare_workers) state_.review(pool);

  if (call.request.largest > worker.max_payload) {
    outcomes_.decide(call, StatusCode::resource_exhausted, RetryClass::never,
                     size_limit_text("the request", "the worker takes", worker.max_payload));
    return;
  }
  call.from_worker = protocol::ReceiveWindow{state_.description.limits.stream_window};
  call.to_worker.window = protocol::SendWindow{worker.channel.peer.stream_window};
  worker.channel.output.offer(call.to_worker);
  state_.announce_output(worker.channel);
}

bool Dispatcher::is_hopeless(const Pool& pool, TimePoint deadline) const {
  if (pool.serving > 0 || pool.starting > 0) return false;
  const TimePoint next_start = pool.restart.next_start(state_.now);
  if (next_start <= state_.now || next_start == far_future) return false;
  if (pool.restart.breaker() == BreakerState::open) return true;
  return deadline <= next_start || pool.restart.failures_in_a_row() >= starts_before_failing_fast;
}

void Dispatcher::end_as_hopeless(Call& call) {
  const Pool& pool = *call.pool;
  const Duration wait = pool.restart.next_start(state_.now) - state_.now;
  const bool open = pool.restart.breaker() == BreakerState::open;
  outcomes_.decide(call, StatusCode::unavailable, RetryClass::after_backoff,
                   "pool '" + pool.config.name + "' has no worker: " + pool.last_failure +
                       (open ? "; its breaker is open, next probe in " : "; next start in ") + milliseconds_text(wait));
}

}  // namespace plugbroker::engine
