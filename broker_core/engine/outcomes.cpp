// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/outcomes.h"

#include <algorithm>
#include <string>
#include <utility>

#include "broker_core/engine/call_time_limits.h"
#include "broker_core/engine/control_sender.h"

namespace plugbroker::engine {

bool Outcomes::is_undecided(const Call& call) noexcept {
  return call_machine.next(call.state, CallHappening::outcome_decided).has_value();
}

void Outcomes::decide(Call& call, StatusCode status, RetryClass retry, std::string_view message, Duration retry_after) {
  const CallState before = call.state;
  call_machine.apply(call.state, CallHappening::outcome_decided);
  set_outcome(call, status, retry, Origin::broker, message);
  if (call.outcome.retry != RetryClass::never) {
    call.outcome.retry_after_us = static_cast<std::uint64_t>(retry_after.count());
  }
  drop_request(call);
  state_.timers.cancel(call.timer);
  if (before == CallState::waiting) {
    call.pool->waiting.erase(call);
    state_.review(*call.pool);
  }
  if (before == CallState::assigned) release_slot(call);
  if (before == CallState::running) {
    send_cancel(state_, call.worker->channel, call.to_worker.id);
    if (!call.worker->attached) state_.timers.set(call.timer, state_.now + call.pool->config.cancel_grace);
  }
  call.session->connection.output.drop_chunks(state_.store, call.to_client);
  offer_end(call);
}

void Outcomes::worker_ended(Call& call, const protocol::EndMeta& end) {
  const bool was_running = call.state == CallState::running;
  call_machine.apply(call.state, CallHappening::worker_ended);
  if (++call.worker->calls_completed == call.worker->look_at_calls) state_.look_at(*call.worker->pool);
  drop_request(call);
  if (was_running) {
    set_outcome(call, end.status, end.retry, Origin::worker, end.message);
    call.outcome.keep_extras(end);
    if (call.pool->config.execution_limit != Duration{}) state_.timers.set(call.timer, next_time_limit(call));
    release_slot(call);
    offer_end(call);
  } else {
    end_after_worker(call);
  }
}

void Outcomes::worker_lost(Worker& worker, std::string_view message) {
  repeat_what_may_be(worker);
  while (Call* call = worker.calls.front()) {
    const bool was_running = call->state == CallState::running;
    call_machine.apply(call->state, CallHappening::worker_lost);
    drop_request(*call);
    if (was_running) {
      set_outcome(*call, StatusCode::unavailable, RetryClass::never, Origin::broker, message);
      state_.timers.cancel(call->timer);
      release_slot(*call);
      call->session->connection.output.drop_chunks(state_.store, call->to_client);
      offer_end(*call);
    } else {
      end_after_worker(*call);
    }
  }
}

/// The newest first, so that they wait in the order in which they came.
void Outcomes::repeat_what_may_be(Worker& worker) {
  Call* next = nullptr;
  for (Call* call = worker.calls.back(); call != nullptr; call = next) {
    next = worker.calls.previous(*call);
    if (!may_be_repeated(*call)) continue;
    call->repeated = true;
    ++call->pool->calls_repeated;
    state_.log(LogLevel::information, "call_repeated", "its worker has ended, and its route is idempotent",
               subject_of(*call));
    put_back(*call, CallHappening::repeated);
  }
}

bool Outcomes::may_be_repeated(const Call& call) const {
  if (call.state != CallState::running || call.repeated || state_.stopping()) return false;
  if (call.reply_begun || !call.to_worker.chunks.is_keeping()) return false;
  const std::vector<std::string>& idempotent = call.pool->config.idempotent_routes;
  return std::ranges::find(idempotent, call.route) != idempotent.end();
}

void Outcomes::put_back(Call& call, CallHappening why) {
  Pool& pool = *call.pool;
  call.worker->channel.output.withdraw(call.to_worker);
  if (call.state == CallState::running) {
    call.to_worker.chunks.rewind(state_.store);
    call.from_client.forget_due();
    call.worker_received = call.repeated;
  }
  release_slot(call);
  call_machine.apply(call.state, why);
  pool.waiting.push_front(call, call.session->caller->id, state_.now);
  state_.timers.set(call.timer, next_time_limit(call));
  state_.review(pool);
}

void Outcomes::refused(Call& call) {
  const bool was_running = call.state == CallState::running;
  call_machine.apply(call.state, CallHappening::refused);
  drop_request(call);
  if (!was_running) {
    end_after_worker(call);
    return;
  }
  call.worker_received = call.repeated;
  set_outcome(call, StatusCode::unavailable, RetryClass::safe, Origin::broker,
              call.repeated ? "the worker stops and did not take the call, which one that has ended had received"
                            : "the worker stops and did not take the call");
  state_.timers.cancel(call.timer);
  release_slot(call);
  offer_end(call);
}

void Outcomes::session_gone(Session& session) {
  while (Call* call = session.calls.front()) {
    if (is_undecided(*call) && call->state != CallState::answered) {
      decide(*call, StatusCode::cancelled, RetryClass::never, "the client is gone");
    }
    session.connection.output.drop_chunks(state_.store, call->to_client);
    call->outcome.status = StatusCode::cancelled;
    delivered(*call);
  }
}

void Outcomes::delivered(Call& call) {
  call_machine.apply(call.state, CallHappening::delivered);
  forget_session(call);
  if (call.state == CallState::gone) destroy(call);
}

void Outcomes::release_slot(Call& call) {
  Worker& worker = *call.worker;
  Pool& pool = *worker.pool;
  if (worker.in_load.linked) pool.least_loaded.erase(worker);
  worker.calls.erase(call);
  const bool last = worker.calls.empty();
  if (last) worker.idle_since = state_.now;
  worker_machine.apply(worker.state, last ? WorkerHappening::last_call_ended : WorkerHappening::call_ended);
  if (worker.state == WorkerState::ready || worker.state == WorkerState::busy) pool.least_loaded.insert(worker);
  if (call.hung) --worker.hung_calls;
  call.hung = false;
  give_back_growth(call, worker);
  if (call.to_worker.id != 0) state_.calls.remove_stream(worker.channel.id, call.to_worker.id);
  call.to_worker.id = 0;
  call.worker = nullptr;
  const bool slot_is_wanted = !pool.waiting.empty() || pool.draining > 0 || pool.retiring() || state_.stopping();
  if (slot_is_wanted) state_.review(pool);
}

/// What the window grew by counts for as long as the broker may hold as much of the reply.
void Outcomes::give_back_growth(Call& call, Worker& worker) noexcept {
  const std::uint32_t grown = std::exchange(call.from_worker, protocol::ReceiveWindow{0}).grown();
  if (call.session == nullptr || call.to_client.chunks.empty()) {
    worker.channel.window_growth.give_back(grown);
  } else {
    call.reply_grown_by = worker.id;
    call.reply_growth = grown;
  }
}

void Outcomes::set_outcome(Call& call, StatusCode status, RetryClass retry, Origin origin, std::string_view message) {
  call.outcome.status = status;
  const bool may_have_run = origin == Origin::broker ? call.worker_received : call.repeated;
  call.outcome.retry = may_have_run ? RetryClass::never : retry;
  call.outcome.origin = origin;
  call.outcome.worker_received = call.worker_received;
  call.outcome.message.assign(message);
  call.outcome.clear_extras();
  if (status == StatusCode::ok) return;
  std::string text{to_string(status)};
  text.append(" (").append(to_string(origin)).append("): ").append(message);
  state_.log(LogLevel::debug, "call_failed", std::move(text), subject_of(call));
}

void Outcomes::drop_request(Call& call) noexcept {
  if (call.worker != nullptr) {
    call.worker->channel.output.drop_chunks(state_.store, call.to_worker);
  } else {
    call.to_worker.chunks.clear(state_.store);
  }
}

void Outcomes::offer_end(Call& call) {
  Connection& client = call.session->connection;
  call.to_client.end_pending = true;
  client.output.offer(call.to_client);
  state_.announce_output(client);
}

void Outcomes::forget_session(Call& call) {
  Session& session = *call.session;
  ++state_.calls_by_status[static_cast<std::size_t>(call.outcome.status)];
  --state_.calls_in_progress;
  --session.caller->calls;
  session.calls.erase(call);
  call.to_worker.chunks.charge(nullptr);
  call.to_client.chunks.charge(nullptr);
  session.connection.window_growth.give_back(call.from_client.grown());
  call.from_client = protocol::ReceiveWindow{0};
  if (const std::uint32_t growth = std::exchange(call.reply_growth, 0); growth != 0) {
    Worker* worker = state_.workers.find(call.reply_grown_by);
    if (worker != nullptr) worker->channel.window_growth.give_back(growth);
  }
  state_.calls.remove_stream(session.connection.id, call.to_client.id);
  call.session = nullptr;
  if (session.state == SessionState::draining && session.calls.empty()) state_.drained_sessions.push_back(&session);
}

/// An abandoned call's worker is done with it; the client may not have its END yet.
void Outcomes::end_after_worker(Call& call) {
  state_.timers.cancel(call.timer);
  release_slot(call);
  if (call.session != nullptr) return;
  call_machine.apply(call.state, CallHappening::delivered);
  destroy(call);
}

void Outcomes::destroy(Call& call) noexcept {
  state_.timers.cancel(call.timer);
  state_.calls.destroy(call);
}

}  // namespace plugbroker::engine
