// SPDX-License-Identifier: Apache-2.0
#include "broker_core/runtime/broker_loop.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "broker_core/base/limits.h"
#include "broker_core/runtime/connection_outbox.h"

namespace plugbroker::runtime {
namespace {

/// A changed snapshot is published at most this often, and this long after the change at the latest.
constexpr Duration snapshot_interval = std::chrono::milliseconds{100};
/// Commands and writes can call for each other (returned credit); what is left after this many rounds waits for a turn.
constexpr int max_rounds_per_turn = 64;
constexpr std::int64_t no_stop = -1;

template <typename... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};
template <typename... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

}  // namespace

class BrokerLoop::Implementation final : private TransportSink, private ProcessSink {
 public:
  Implementation(engine::EngineConfig config, Environment environment)
      : environment_(environment), now_(environment.clock.now()), engine_(std::move(config), now_) {
    publish();
  }

  bool turn(TimePoint wait_until) {
    if (stopped_) return false;
    carry_out();
    if (stopped_) return finish_turn();
    environment_.transport.wait(work_left_ ? now_ : std::min(wait_until, next_wake()), *this);
    now_ = environment_.clock.now();
    environment_.processes.deliver(*this);
    for (engine::CallerNamed& named : environment_.callers.take_names()) handle(std::move(named));
    take_stop_request();
    take_administrator_requests();
    if (engine_.next_timer() <= now_) handle(engine::TimerExpired{});
    close_overdue();
    carry_out();
    return finish_turn();
  }

  void request_stop(Duration grace) {
    std::int64_t expected = no_stop;
    stop_grace_.compare_exchange_strong(expected, std::max(grace, Duration::zero()).count());
    environment_.transport.wake();
  }

  Status ask(AdministratorRequest request, Duration patience) {
    return mailbox_.ask(std::move(request), patience, [this] { environment_.transport.wake(); });
  }

 private:
  // TransportSink
  void connected(ConnectionId connection, std::uint32_t process_id) override {
    outbox_.add(connection);
    handle(engine::ClientConnected{connection, process_id, environment_.callers.image_of(process_id)});
  }
  void attached(ConnectionId connection, std::uint32_t process_id) override {
    outbox_.add(connection);
    handle(engine::WorkerAttached{connection, process_id, environment_.callers.image_of(process_id)});
  }
  void received(ConnectionId connection, ByteView bytes) override {
    if (outbox_.takes_input(connection)) handle(engine::BytesReceived{connection, bytes});
  }
  void write_completed(ConnectionId connection) override {
    if (!outbox_.write_completed(connection)) return;
    handle(engine::WriteCompleted{connection});
    outbox_.mark_ready(connection);
  }
  void closed(ConnectionId connection, std::string_view reason) override {
    if (!outbox_.contains(connection)) return;
    outbox_.remove(connection);
    handle(engine::ConnectionClosed{connection, std::string(reason)});
  }
  /// A wake-up may also ask for a fresh snapshot.
  void woken() override { changed_ = true; }

  // ProcessSink
  void worker_started(WorkerId worker, ConnectionId channel, std::uint32_t process_id) override {
    outbox_.add(channel);
    handle(engine::WorkerStarted{worker, channel, process_id, environment_.callers.image_of(process_id)});
  }
  void worker_start_failed(WorkerId worker, std::string_view reason) override {
    handle(engine::WorkerStartFailed{worker, std::string(reason)});
  }
  void worker_start_withdrawn(WorkerId worker) override {
    handle(engine::WorkerStartFailed{worker, "ended before its process was started", false});
  }
  void worker_exited(WorkerId worker, std::uint32_t exit_code) override {
    handle(engine::WorkerExited{worker, exit_code});
  }
  void worker_observed(WorkerId worker, std::uint64_t private_bytes) override {
    handle(engine::WorkerObserved{worker, private_bytes});
  }
  void pool_outdated(engine::PoolIndex pool, engine::RecycleReason reason) override {
    handle(engine::PoolOutdated{pool, reason});
  }

  void handle(const engine::Event& event) {
    now_ = environment_.clock.now();
    changed_ = true;
    engine_.handle(event, now_);
  }

  [[nodiscard]] TimePoint next_wake() const {
    const TimePoint snapshot_due = changed_ ? last_published_ + snapshot_interval : far_future;
    return std::min({engine_.next_timer(), outbox_.next_deadline(), snapshot_due});
  }

  void take_stop_request() {
    const std::int64_t grace = stop_grace_.load();
    if (grace == no_stop || stop_given_) return;
    stop_given_ = true;
    environment_.transport.stop_listening();
    handle(engine::StopRequested{Duration{grace}});
  }

  void take_administrator_requests() {
    for (std::size_t count = 0; count < limits::max_operator_requests; ++count) {
      std::optional<OperatorMailbox::Taken> taken = mailbox_.take();
      if (!taken) return;
      if (const auto* asked = std::get_if<engine::OperatorRequest>(&taken->request)) {
        handle(engine::OperatorAsked{taken->request_id, *asked});
      } else {
        answers_.push_back({taken->request_id, replace_pools(std::get<PoolsReplacement>(taken->request))});
      }
    }
  }

  Status replace_pools(PoolsReplacement& replacement) {
    if (stop_given_) return {StatusCode::unavailable, "the service is stopping; nothing was changed"};
    if (Status status = replacement.install(); !status.ok()) return status;
    handle(std::move(replacement.replaced));
    return {};
  }

  /// Who asked is answered after the snapshot that shows what became of it. False once stopped.
  bool finish_turn() {
    const bool awaited = stopped_ || !answers_.empty();
    if (changed_ && (awaited || now_ >= last_published_ + snapshot_interval)) publish();
    for (engine::OperatorAnswered& it : answers_) mailbox_.answer(it.request_id, std::move(it.result));
    answers_.clear();
    if (stopped_) mailbox_.close();
    return !stopped_;
  }

  void close_overdue() {
    while (const auto connection = outbox_.next_overdue(now_)) hand_over(*connection);
  }

  /// Carries commands out and starts writes until neither is left, within a bound.
  void carry_out() {
    for (int round = 0; round < max_rounds_per_turn; ++round) {
      const bool did_commands = drain_commands();
      const bool did_writes = start_writes();
      if (!did_commands && !did_writes) {
        work_left_ = false;
        return;
      }
    }
    work_left_ = true;
  }

  bool drain_commands() {
    bool any = false;
    for (engine::Command command; engine_.next_command(command); any = true) carry_out(command);
    return any;
  }

  void carry_out(const engine::Command& command) {
    std::visit(
        Overloaded{
            [this](const engine::IdentifyCaller& it) { identify(it.connection); },
            [this](const engine::OutputReady& it) { outbox_.mark_ready(it.connection); },
            [this](const engine::CloseConnection& it) { outbox_.begin_close(it.connection, now_); },
            [this](const engine::StartWorker& it) { environment_.processes.start(it.worker, it.pool); },
            [this](const engine::TerminateWorker& it) { environment_.processes.terminate(it.worker, it.evidence); },
            [this](const engine::Log& it) { environment_.log.write(it.record); },
            [this](const engine::KeepEvidence& it) { environment_.processes.keep_evidence(it.worker, it.evidence); },
            [this](const engine::OperatorAnswered& it) { answers_.push_back(it); },
            [this](const engine::Stopped&) { stopped_ = true; },
        },
        command);
  }

  void identify(ConnectionId connection) {
    if (!outbox_.takes_input(connection)) return;
    handle(environment_.callers.identify(connection));
  }

  bool start_writes() {
    bool any = false;
    while (const auto connection = outbox_.next_ready()) {
      any = true;
      write_or_finish(*connection);
    }
    return any;
  }

  void write_or_finish(ConnectionId connection) {
    if (spare_.capacity() == 0) spare_ = environment_.transport.recycle_buffer();
    if (engine_.take_output(connection, spare_, limits::max_write_bytes, now_) != 0) {
      outbox_.write_started(connection);
      environment_.transport.write(connection, std::exchange(spare_, {}));
    } else {
      hand_over(connection);
    }
  }

  /// Gives a closing connection to the transport with what is left of its linger; nothing happens to any other.
  void hand_over(ConnectionId connection) {
    if (const auto linger = outbox_.finish_close(connection, now_)) environment_.transport.close(connection, *linger);
  }

  void publish() {
    environment_.board.publish(std::make_shared<const engine::Snapshot>(engine_.snapshot(now_)));
    last_published_ = now_;
    changed_ = false;
  }

  Environment environment_;
  TimePoint now_;
  engine::Engine engine_;
  ConnectionOutbox outbox_;
  OperatorMailbox mailbox_;
  std::vector<engine::OperatorAnswered> answers_;  ///< Of this turn.
  std::vector<std::byte> spare_;                   ///< Empty, for the next write.
  TimePoint last_published_{};
  std::atomic<std::int64_t> stop_grace_{no_stop};
  bool stop_given_ = false;
  bool stopped_ = false;
  bool changed_ = false;
  bool work_left_ = false;
};

BrokerLoop::BrokerLoop(engine::EngineConfig config, Environment environment)
    : implementation_(std::make_unique<Implementation>(std::move(config), environment)) {}

BrokerLoop::~BrokerLoop() = default;

void BrokerLoop::run() {
  while (turn(far_future)) {
  }
}

bool BrokerLoop::turn(TimePoint wait_until) {
  return implementation_->turn(wait_until);
}

void BrokerLoop::request_stop(Duration grace) {
  implementation_->request_stop(grace);
}

Status BrokerLoop::operate(engine::OperatorRequest request, Duration patience) {
  return implementation_->ask(std::move(request), patience);
}

Status BrokerLoop::replace_pools(PoolsReplacement replacement, Duration patience) {
  return implementation_->ask(std::move(replacement), patience);
}

}  // namespace plugbroker::runtime
