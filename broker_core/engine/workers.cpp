// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/workers.h"

#include <algorithm>
#include <utility>

#include "broker_core/engine/control_sender.h"
#include "broker_core/engine/exit_code_text.h"
#include "broker_core/engine/pool_counts.h"
#include "broker_core/engine/worker_evidence.h"

namespace plugbroker::engine {
namespace {

/// Each worker's own, so that those that were started together don't end together.
RecycleLimits recycle_limits_for(const RecycleConfig& config, Jitter& jitter) {
  const std::uint32_t percent = config.jitter_percent;
  return {.calls = config.after_calls - jitter.part_of(config.after_calls, percent),
          .age = config.after_age - jitter.part_of(config.after_age, percent),
          .private_bytes = config.private_bytes - jitter.part_of(config.private_bytes, percent)};
}

constexpr const char* no_process_message = "worker had no process within its start_timeout";

}  // namespace

void Workers::start(Pool& pool, StartPurpose purpose) {
  Worker& worker = add(pool);
  {
    const PoolCounts recount(worker);
    worker.purpose = purpose;
  }
  if (purpose == StartPurpose::probe) {
    pool.restart.begin_probe();
    pool.probe = worker.id;
    state_.log(LogLevel::information, "breaker_probe", "one worker is started to see whether the pool can work",
               subject_of(worker));
  }
  state_.timers.set(worker.timer, state_.now + pool.config.start_timeout);
  state_.commands.push(StartWorker{worker.id, pool.index});
}

Worker& Workers::add(Pool& pool) {
  Worker& worker = state_.workers.add(pool);
  worker.started = state_.now;
  worker.recycle_at = recycle_limits_for(pool.config.recycle, state_.jitter);
  pool.workers.push_back(worker);
  ++pool.starting;
  return worker;
}

void Workers::started(const WorkerStarted& event) {
  Worker* worker = state_.workers.find(event.worker);
  if (worker == nullptr || worker->channel_state != ChannelState::none) return;
  worker->process_id = event.process_id;
  worker->image = event.image;
  worker->channel.id = event.connection;
  worker->channel_state = ChannelState::awaiting_hello;
  state_.add_connection(worker->channel);
  ++worker->pool->workers_started;
  state_.log(LogLevel::information, "worker_started", "process " + std::to_string(event.process_id),
             subject_of(*worker));
  if (worker->terminate_asked) {
    record_failure(*worker, no_process_message);  // Its turn had come; see give_up_start().
    state_.commands.push(TerminateWorker{worker->id, take_evidence(*worker)});
  } else if (worker->state == WorkerState::starting) {
    // What it has waited for other starts is not its fault.
    state_.timers.set(worker->timer, state_.now + worker->pool->config.start_timeout);
  }
}

void Workers::attached(const WorkerAttached& event) {
  const auto place = std::ranges::find_if(state_.pools, [](const Pool& pool) { return pool.config.attached_only; });
  PLUGBROKER_ASSERT(place != state_.pools.end());
  Pool& pool = *place;
  Worker& worker = add(pool);
  worker.attached = true;
  worker.process_id = event.process_id;
  worker.image = event.image;
  worker.channel.id = event.connection;
  worker.channel_state = ChannelState::awaiting_hello;
  state_.add_connection(worker.channel);
  ++pool.workers_started;
  state_.log(LogLevel::information, "worker_attached", "process " + std::to_string(event.process_id),
             subject_of(worker));
  if (state_.stopping()) stop(worker);
}

void Workers::start_failed(const WorkerStartFailed& event) {
  Worker* worker = state_.workers.find(event.worker);
  if (worker == nullptr || worker->channel_state != ChannelState::none) return;
  if (!event.tried) worker->end_expected = true;
  const bool asked_for = worker->end_expected || worker->terminate_asked;
  state_.log(asked_for ? LogLevel::information : LogLevel::error, "worker_start_failed", event.reason,
             subject_of(*worker));
  record_failure(*worker, event.reason);
  move(*worker, WorkerHappening::process_gone);
  remove_if_over(*worker);
}

void Workers::exited(const WorkerExited& event) {
  Worker* worker = state_.workers.find(event.worker);
  if (worker == nullptr || worker->state == WorkerState::gone) return;
  std::string text = exit_code_text(event.exit_code);
  if (worker->ready_at == TimePoint{}) text += " before it was ready";
  const bool is_as_expected = worker->leaves ? event.exit_code == 0 : worker->end_expected;
  const bool asked_for = is_as_expected || worker->terminate_asked;
  state_.log(asked_for ? LogLevel::information : LogLevel::warning, "worker_exited", text, subject_of(*worker));
  if (!asked_for) record_failure(*worker, "worker ended with " + text);
  move(*worker, WorkerHappening::process_gone);
  rooms_.dispatcher.give_back_unstarted(*worker);
  note_held_calls(*worker, state_.now);
  if (auto evidence = take_evidence(*worker)) state_.commands.push(KeepEvidence{worker->id, std::move(evidence)});
  if (worker->calls.empty()) {
    close_channel(*worker);
  } else if (worker->channel_state != ChannelState::closed) {
    state_.timers.set(worker->timer, state_.now + limits::worker_death_settle);
  }
  remove_if_over(*worker);
}

void Workers::channel_closed(Worker& worker, std::string_view reason) {
  state_.log(LogLevel::debug, "channel_closed", std::string{reason}, subject_of(worker));
  worker.channel_state = ChannelState::closed;
  worker.channel.closing = true;
  rooms_.health.end(worker);
  drain(worker);
  note_held_calls(worker, state_.now);
  rooms_.outcomes.worker_lost(worker, lost_call_message);
  state_.remove_connection(worker.channel);
  if (worker.attached) {
    state_.log(LogLevel::information, "worker_detached", std::string{reason}, subject_of(worker));
    move(worker, WorkerHappening::process_gone);
  }
  const bool end_is_on_its_way = worker.terminate_asked || worker.told_to_stop;
  if (worker.state == WorkerState::gone) {
    state_.timers.cancel(worker.timer);
  } else if (!end_is_on_its_way) {
    const Duration wait = worker.end_expected ? worker.pool->config.stop_timeout : limits::worker_death_settle;
    state_.timers.set(worker.timer, state_.now + wait);
  }
  remove_if_over(worker);
}

void Workers::timer_due(Worker& worker) {
  switch (worker.state) {
    case WorkerState::starting:
      if (worker.channel_state == ChannelState::none) {
        give_up_start(worker);
        return;
      }
      fail(worker, "worker_not_ready", "worker was not ready within its start_timeout");
      return;
    case WorkerState::gone:
      rooms_.outcomes.worker_lost(worker, lost_call_message);
      close_channel(worker);
      return;
    case WorkerState::draining:
      if (worker.leaves) {
        fail(worker, "worker_stop_timeout", "worker said that it goes away, and did not exit within its stop_timeout");
      } else if (worker.end_expected) {
        state_.log(LogLevel::warning, "worker_stop_timeout", "worker did not exit within its stop_timeout",
                   subject_of(worker));
        terminate(worker);
      } else {
        fail(worker, "worker_left_its_channel", "worker closed its channel but did not exit");
      }
      return;
    case WorkerState::ready:
    case WorkerState::busy:
      PLUGBROKER_ASSERT(false);
  }
}

/// That other pools' starts came first is no failure of this one, a process that takes too long to make is: which it
/// was shows when the host answers.
void Workers::give_up_start(Worker& worker) {
  state_.log(LogLevel::warning, "worker_not_started", no_process_message, subject_of(worker));
  drain(worker);
  terminate(worker);
}

void Workers::end_overloaded(Worker& worker) {
  if (worker.channel.closing) return;
  worker.channel.output.clear_control(state_.store);
  fail(worker, "worker_overloaded", "worker does not read what it is sent");
}

void Workers::call_hung(Call& call) {
  Worker& worker = *call.worker;
  call.hung = true;
  ++worker.hung_calls;
  state_.log(LogLevel::warning, "call_hung", "worker did not end a cancelled call within its cancel_grace",
             subject_of(call));
  record_failure(worker, "worker did not end a cancelled call within its cancel_grace");
  drain(worker);
  state_.review(*worker.pool);
}

void Workers::drain(Worker& worker) {
  if (worker_machine.next(worker.state, WorkerHappening::drain_begun)) move(worker, WorkerHappening::drain_begun);
  rooms_.dispatcher.give_back_unstarted(worker);
}

void Workers::stop(Worker& worker) {
  if (worker.state == WorkerState::gone || worker.told_to_stop || worker.terminate_asked) return;
  if (worker.channel_state == ChannelState::closed) return;  // Its end is on its way, and timed.
  worker.end_expected = true;
  if (state_.stopping()) worker.leaves = false;
  drain(worker);
  if (worker.channel_state != ChannelState::open) {
    terminate(worker);
    return;
  }
  worker.told_to_stop = true;
  rooms_.health.end(worker);
  send_goaway(state_, worker.channel, StatusCode::ok, {});
  state_.timers.set(worker.timer, state_.now + worker.pool->config.stop_timeout);
}

void Workers::review(Worker& worker) {
  if (worker.state != WorkerState::draining || worker.terminate_asked) return;
  if (worker.channel_state != ChannelState::open) return;
  if (worker.calls.empty()) {
    stop(worker);
  } else if (worker.hung_calls == worker.calls.size()) {
    fail(worker, "worker_hung", "worker holds nothing but calls that it does not end");
  }
}

void Workers::protocol_error(Worker& worker, std::string_view message) {
  ++state_.protocol_errors;
  if (worker.channel_state == ChannelState::open) {
    send_goaway(state_, worker.channel, StatusCode::invalid_argument, message);
  }
  fail(worker, "protocol_error", "worker broke the protocol: " + std::string{message});
}

void Workers::kill(Worker& worker) {
  worker.end_expected = true;
  worker.leaves = false;
  worker.evidence_given = true;  // None is wanted, whatever it did before.
  close_channel(worker);
  drain(worker);
  rooms_.outcomes.worker_lost(worker, "an administrator ended the worker that had received the call");
  terminate(worker);
  state_.review(*worker.pool);
}

void Workers::terminate(Worker& worker) {
  state_.timers.cancel(worker.timer);
  rooms_.health.end(worker);
  if (worker.attached) {
    close_channel(worker);
    return;
  }
  if (worker.state == WorkerState::gone || std::exchange(worker.terminate_asked, true)) return;
  state_.commands.push(TerminateWorker{worker.id, take_evidence(worker)});
}

void Workers::close_channel(Worker& worker) {
  if (worker.channel_state == ChannelState::none || worker.channel_state == ChannelState::closed) return;
  state_.close(worker.channel);
}

void Workers::move(Worker& worker, WorkerHappening happening) {
  Pool& pool = *worker.pool;
  if (worker.in_load.linked) pool.least_loaded.erase(worker);
  {
    const PoolCounts recount(worker);
    worker_machine.apply(worker.state, happening);
  }
  if (worker.state == WorkerState::ready) pool.least_loaded.insert(worker);
  if (pool.serving == 0 && pool.starting == 0) pool.outlook_is_worse = true;
  if (worker.state == WorkerState::gone) {
    pool.workers.erase(worker);
    state_.timers.cancel(worker.timer);
    rooms_.health.end(worker);
  }
  if (worker.state == WorkerState::gone || worker.end_expected) release_probe(worker);
  state_.look_at(pool);
}

void Workers::remove_if_over(Worker& worker) {
  const bool has_channel = worker.channel_state != ChannelState::none && worker.channel_state != ChannelState::closed;
  if (worker.state != WorkerState::gone || has_channel) return;
  state_.timers.cancel(worker.timer);
  state_.workers.remove(worker);
}

}  // namespace plugbroker::engine
