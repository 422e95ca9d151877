// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/engine.h"

#include <algorithm>
#include <utility>

#include "broker_core/engine/admission.h"
#include "broker_core/engine/audit.h"
#include "broker_core/engine/call_time_limits.h"
#include "broker_core/engine/config_replacement.h"
#include "broker_core/engine/engine_state.h"
#include "broker_core/engine/operator_desk.h"
#include "broker_core/engine/pool_keeper.h"
#include "broker_core/engine/recycling.h"
#include "broker_core/engine/sessions.h"
#include "broker_core/engine/snapshot_maker.h"
#include "broker_core/engine/stop_sequence.h"
#include "broker_core/engine/worker_health.h"
#include "broker_core/engine/workers.h"

namespace plugbroker::engine {

/// Puts the rooms together and shows each event and timer to the one that it concerns.
class Engine::Implementation {
 public:
  Implementation(EngineConfig config, TimePoint now) : state_(std::move(config), now) {
    for (Pool& pool : state_.pools) state_.review(pool);
    settle();
  }

  void handle(const Event& event, TimePoint now) {
    state_.now = std::max(state_.now, now);
    std::visit([this](const auto& happened) { on(happened); }, event);
    settle();
  }

  std::size_t take_output(ConnectionId id, std::vector<std::byte>& buffer, std::size_t max_bytes, TimePoint now) {
    state_.now = std::max(state_.now, now);
    Connection* connection = state_.find_connection(id);
    if (connection == nullptr) return 0;
    const std::size_t taken = connection->output.take(state_.store, relay_, buffer, max_bytes);
    if (taken == 0) connection->output_announced = false;
    if (connection->session != nullptr) connection->session->begin_write(taken);
    settle();
    return taken;
  }

  EngineState& state() noexcept { return state_; }

 private:
  void on(const ClientConnected& event) { sessions_.connected(event); }
  void on(const BytesReceived& event) {
    Connection* connection = state_.find_connection(event.connection);
    if (connection == nullptr) return;
    if (connection->session != nullptr) {
      sessions_.received(*connection->session, event.bytes);
    } else {
      workers_.received(*connection->worker, event.bytes);
    }
  }
  void on(const CallerIdentified& event) {
    Connection* connection = state_.find_connection(event.connection);
    if (connection != nullptr && connection->session != nullptr) sessions_.identified(*connection->session, event);
  }
  /// The runtime goes on with take_output() by itself.
  void on(const WriteCompleted& event) {
    Connection* connection = state_.find_connection(event.connection);
    if (connection != nullptr && connection->session != nullptr) connection->session->end_write();
  }
  void on(const CallerNamed& event) {
    if (Caller* caller = state_.sessions.callers().find(event.sid)) caller->account = event.account;
  }
  void on(const ConnectionClosed& event) {
    Connection* connection = state_.find_connection(event.connection);
    if (connection == nullptr) return;
    if (connection->session != nullptr) {
      sessions_.closed(*connection->session, event.reason);
    } else {
      workers_.channel_closed(*connection->worker, event.reason);
    }
  }
  void on(const WorkerStarted& event) { workers_.started(event); }
  void on(const WorkerStartFailed& event) { workers_.start_failed(event); }
  void on(const WorkerExited& event) { workers_.exited(event); }
  void on(const WorkerAttached& event) { workers_.attached(event); }
  void on(const WorkerObserved& event) {
    Worker* worker = state_.workers.find(event.worker);
    if (worker != nullptr) recycling_.observed(*worker, event.private_bytes);
  }
  void on(const PoolOutdated& event) {
    if (event.pool < state_.pools.size()) recycling_.mark_all(state_.pools[event.pool], event.reason);
  }
  void on(const ConfigReplaced& event) { replacement_.replace(event); }
  void on(const OperatorAsked& event) { desk_.asked(event); }
  void on(const StopRequested& event) { stop_.begin(event.grace); }
  void on(const TimerExpired&) {
    while (const Timer* timer = state_.timers.pop_due(state_.now)) {
      std::visit([this](auto owner) { due(owner); }, timer->owner());
      settle();
    }
  }

  void due(std::monostate) { stop_.grace_over(); }
  void due(Session* session) { sessions_.hello_timed_out(*session); }
  void due(Worker* worker) { workers_.timer_due(*worker); }
  void due(WorkerHealth* health) {
    if (!health_.due(*health)) workers_.ping_missed(*health->worker);
  }
  void due(Pool* pool) { state_.look_at(*pool); }
  void due(Call* call) {
    if (call->state == CallState::abandoned) {
      workers_.call_hung(*call);
      return;
    }
    if (const TimePoint limit = next_time_limit(*call); limit > state_.now) {  // The pool's limits were changed.
      state_.timers.set(call->timer, limit);
      return;
    }
    const PassedLimit passed = passed_time_limit(*call);
    outcomes_.decide(*call, passed.status, RetryClass::safe, passed.message);
  }

  /// Works off what was noted while an event was handled.
  void settle() {
    for (;;) {
      if (!state_.overloaded.empty()) {
        end_overloaded(*std::exchange(state_.overloaded.back(), nullptr));
      } else if (!state_.drained_sessions.empty()) {
        Session* session = state_.drained_sessions.back();
        state_.drained_sessions.pop_back();
        sessions_.close_if_drained(*session);
      } else if (!state_.pools_to_review.empty()) {
        Pool* pool = state_.pools_to_review.front();
        state_.pools_to_review.erase(state_.pools_to_review.begin());
        keeper_.review(*pool);
        note_running();
      } else {
        break;
      }
    }
    if (state_.stopping()) stop_.review();
  }

  void end_overloaded(Connection& connection) {
    state_.overloaded.pop_back();
    connection.overloaded = false;
    if (connection.session != nullptr) {
      sessions_.end_overloaded(*connection.session);
    } else {
      workers_.end_overloaded(*connection.worker);
    }
  }

  void note_running() {
    if (state_.phase != BrokerState::starting) return;
    if (!std::ranges::all_of(state_.pools, &Pool::was_complete)) return;
    state_.phase = BrokerState::running;
    state_.log(LogLevel::information, "running", "every pool has its minimum of workers, or has failed to start one");
  }

  EngineState state_;
  Outcomes outcomes_{state_};
  Dispatcher dispatcher_{state_, outcomes_};
  Audit audit_{state_};
  Relay relay_{state_, outcomes_, audit_};
  Admission admission_{state_, {outcomes_, dispatcher_, audit_}};
  Sessions sessions_{state_, {outcomes_, admission_, relay_, audit_}};
  HealthWatch health_{state_};
  Workers workers_{state_, {outcomes_, dispatcher_, relay_, health_}};
  Recycling recycling_{state_, workers_};
  PoolKeeper keeper_{state_, {dispatcher_, workers_, recycling_}};
  ConfigReplacement replacement_{state_, outcomes_, dispatcher_, recycling_};
  OperatorDesk desk_{state_, workers_, recycling_};
  StopSequence stop_{state_, {outcomes_, dispatcher_, sessions_, workers_}};
};

Engine::Engine(EngineConfig config, TimePoint now)
    : implementation_(std::make_unique<Implementation>(std::move(config), now)) {}

Engine::~Engine() = default;

void Engine::handle(const Event& event, TimePoint now) {
  implementation_->handle(event, now);
}

bool Engine::next_command(Command& command) {
  return implementation_->state().commands.pop(command);
}

std::size_t Engine::take_output(ConnectionId connection, std::vector<std::byte>& buffer, std::size_t max_bytes,
                                TimePoint now) {
  return implementation_->take_output(connection, buffer, max_bytes, now);
}

TimePoint Engine::next_timer() const {
  return implementation_->state().timers.next();
}

Snapshot Engine::snapshot(TimePoint now) const {
  return make_snapshot(implementation_->state(), now);
}

std::size_t Engine::route_count() const {
  return implementation_->state().routes.size();
}

}  // namespace plugbroker::engine
