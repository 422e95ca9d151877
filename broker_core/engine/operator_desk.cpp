// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/operator_desk.h"

#include <algorithm>
#include <string>

#include "broker_core/base/escaped_text.h"

namespace plugbroker::engine {
namespace {

constexpr std::size_t longest_shown_name = 64;

std::string name_of(const Pool& pool) {
  return "pool '" + pool.config.name + "'";
}

std::string name_of(const Worker& worker) {
  return "worker " + std::to_string(worker.id.value);
}

Status wrong_state(std::string message) {
  return {StatusCode::failed_precondition, std::move(message)};
}

std::string described(const OperatorRequest& request) {
  std::string text{to_string(request.command)};
  if (!request.pool.empty()) {
    text += " of pool '" + escaped_text(request.pool, EscapeStyle::quoted, longest_shown_name) + "'";
  }
  if (request.worker) text += " of worker " + std::to_string(request.worker.value);
  return text + " asked by " + request.asked_by;
}

}  // namespace

void OperatorDesk::asked(const OperatorAsked& event) {
  const Status result = carry_out(event.request);
  LogSubject subject{.worker = event.request.worker};
  if (const Worker* worker = state_.workers.find(event.request.worker)) subject = subject_of(*worker);
  std::string text = described(event.request);
  if (!result.ok()) text += ": " + result.message;
  state_.log(result.ok() ? LogLevel::information : LogLevel::warning, "operator_command", std::move(text), subject);
  state_.commands.push(OperatorAnswered{event.request_id, result});
}

Status OperatorDesk::carry_out(const OperatorRequest& request) {
  if (state_.stopping()) return wrong_state("the broker is stopping");
  const auto pool = std::ranges::find(state_.pools, request.pool, [](const Pool& each) { return each.config.name; });
  if (!request.pool.empty() && pool == state_.pools.end()) {
    return {StatusCode::not_found,
            "no such pool: '" + escaped_text(request.pool, EscapeStyle::quoted, longest_shown_name) + "'"};
  }
  Worker* worker = state_.workers.find(request.worker);
  const bool of_another_pool = worker != nullptr && pool != state_.pools.end() && worker->pool != &*pool;
  if (request.worker && (worker == nullptr || of_another_pool)) {
    return {StatusCode::not_found, "no such worker: " + std::to_string(request.worker.value)};
  }
  const bool takes_worker = request.command == OperatorCommand::kill || request.command == OperatorCommand::recycle;
  if (worker != nullptr && takes_worker) {
    return request.command == OperatorCommand::kill ? kill(*worker) : recycle(*worker);
  }
  if (request.command == OperatorCommand::kill) return {StatusCode::invalid_argument, "kill needs a worker"};
  if (pool == state_.pools.end()) {
    return {StatusCode::invalid_argument, std::string{to_string(request.command)} + " needs a pool"};
  }
  switch (request.command) {
    case OperatorCommand::drain:
      return drain(*pool);
    case OperatorCommand::resume:
      return resume(*pool);
    case OperatorCommand::recycle:
      return recycle(*pool);
    case OperatorCommand::close_breaker:
      return close_breaker(*pool);
    case OperatorCommand::kill:
      break;
  }
  return {StatusCode::invalid_argument, "no such command"};
}

Status OperatorDesk::drain(Pool& pool) {
  if (pool.drained) return wrong_state(name_of(pool) + " is drained already");
  pool.drained = true;
  state_.look_at(pool);
  return {};
}

Status OperatorDesk::resume(Pool& pool) {
  if (!pool.drained) return wrong_state(name_of(pool) + " is not drained");
  pool.drained = false;
  state_.look_at(pool);
  return {};
}

Status OperatorDesk::recycle(Pool& pool) {
  if (pool.drained) return wrong_state(name_of(pool) + " is drained");
  if (pool.config.attached_only)
    return wrong_state("the workers of " + name_of(pool) + " are attached by their author");
  recycling_.mark_all(pool, RecycleReason::operator_asked);
  return {};
}

Status OperatorDesk::close_breaker(Pool& pool) {
  if (pool.restart.breaker() == BreakerState::closed)
    return wrong_state("the breaker of " + name_of(pool) + " is closed");
  pool.restart.close();
  pool.probe = {};
  state_.timers.cancel(pool.backoff_timer);
  state_.log(LogLevel::information, "breaker_closed", "by an administrator", {.pool = pool.config.name});
  state_.review(pool);
  return {};
}

Status OperatorDesk::recycle(Worker& worker) {
  if (worker.attached) return wrong_state(name_of(worker) + " was attached by its author");
  if (worker.state == WorkerState::draining || worker.state == WorkerState::gone) {
    return wrong_state(name_of(worker) + " is ending already");
  }
  recycling_.mark(worker, RecycleReason::operator_asked);
  return {};
}

Status OperatorDesk::kill(Worker& worker) {
  if (worker.state == WorkerState::gone || worker.terminate_asked) {
    return wrong_state(name_of(worker) + " is being ended already");
  }
  workers_.kill(worker);
  return {};
}

}  // namespace plugbroker::engine
