// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/simulation.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "tests/sim/trace.h"

namespace plugbroker::sim {
namespace {

using namespace std::chrono_literals;
using engine::PoolSnapshot;
using engine::Snapshot;

constexpr std::ptrdiff_t most_clients = 6;
constexpr int most_timers_at_once = 1'000;  ///< More without time going on is an engine that never rests.

Duration up_to(Dice& dice, Duration most) {
  return Duration{static_cast<Duration::rep>(dice.below(static_cast<std::size_t>(most.count()) + 1))};
}

}  // namespace

void Simulation::step() {
  const auto living = std::ranges::count_if(clients_, [](const RandomClient& client) { return !client.gone(); });
  if (living < most_clients && dice_.once_in(8)) connect_client();
  if (!world_.start_requests.empty() && dice_.once_in(3)) answer_start_request();
  if (config_.pools.back().attached_only && dice_.once_in(50)) attach_worker();
  for (RandomClient& client : clients_) {
    if (dice_.once_in(2)) client.act();
    if (dice_.once_in(2)) client.deliver(false);
  }
  for (RandomWorker* worker : present_workers_) {
    if (dice_.once_in(2)) worker->act();
    if (dice_.once_in(2)) worker->deliver(false);
  }
  if (!clients_.empty() && dice_.once_in(8)) disturb_client();
  if (!present_workers_.empty() && dice_.once_in(10)) disturb_worker();
  if (dice_.once_in(20)) disturb_pool();
  if (dice_.once_in(3)) settle_the_ended();
  if (dice_.once_in(3)) pass(up_to(dice_, dice_.one_of<Duration>({1ms, 5ms, 50ms, 200ms})));
  if (dice_.once_in(150)) jump(up_to(dice_, 5s));
  end_step();
}

void Simulation::connect_client() {
  static constexpr std::array<const char*, 3> sids{"S-1-5-21-1", "S-1-5-21-2", "S-1-5-21-3"};
  FakePeer& pipe = world_.connect(dice_.between(1, 3));
  const std::string sid = sids[dice_.below(sids.size())];
  world_.caller_sids[pipe.connection()] = sid;
  client_connections_.insert(pipe.connection());
  const std::string name = sid + "/" + std::to_string(pipe.connection().value);
  clients_.emplace_back(pipe, Surroundings{world_, dice_, violations_, options_.sabotage}, name, sid).begin();
}

/// The oldest waits longest, unless it is never answered: then the next one is.
void Simulation::answer_start_request() {
  if (dice_.once_in(4)) {
    world_.start_requests.push_back(world_.start_requests.front());
    world_.start_requests.pop_front();
    return;
  }
  if (dice_.once_in(8)) return world_.fail_start("no such program");
  const engine::PoolIndex pool = world_.start_requests.front().pool;
  ++running_[pool];
  const Surroundings around{world_, dice_, violations_, options_.sabotage};
  RandomWorker& worker = workers_.emplace_back(world_.start_process(), config_.pools.at(pool), ledger_, around);
  invariants_.worker_runs(worker);
  present_workers_.push_back(&worker);
  worker.begin();
}

void Simulation::attach_worker() {
  const Surroundings around{world_, dice_, violations_, options_.sabotage};
  RandomWorker& worker = workers_.emplace_back(FakeWorker{{}, world_.attach()}, config_.pools.back(), ledger_, around);
  present_workers_.push_back(&worker);
  worker.begin();
}

void Simulation::disturb_client() {
  RandomClient& client = dice_.any_of(clients_);
  switch (dice_.below(12)) {
    case 0:
      return client.pipe.disappear();
    case 1:
      return client.break_protocol();
    case 2:
      return client.flood();
    default:
      return read_differently(client);
  }
}

void Simulation::disturb_worker() {
  RandomWorker& worker = *dice_.any_of(present_workers_);
  switch (dice_.below(10)) {
    case 0:
      return worker.break_protocol();
    case 1:
      return end_process(worker);
    case 2:
      return worker.pipe.disappear();
    case 3:
      return worker.go_away();
    case 4:
    case 5:
      return world_.handle(engine::WorkerObserved{worker.process.id, dice_.below(200'000'000)});
    default:
      return read_differently(worker);
  }
}

void Simulation::disturb_pool() {
  using enum engine::RecycleReason;
  if (dice_.once_in(3)) {
    const auto pool = static_cast<engine::PoolIndex>(dice_.below(config_.pools.size()));
    return world_.handle(engine::PoolOutdated{pool, dice_.one_of({schedule, files_changed, configuration})});
  }
  if (dice_.once_in(4)) return replace_configuration();
  ask_as_operator();
}

/// The bounds stay, since what is checked follows from them.
void Simulation::replace_configuration() {
  engine::ConfigReplaced event{.pools = config_.pools, .changed_programs = {}};
  for (engine::PoolConfig& pool : event.pools) {
    if (dice_.once_in(3)) pool.recycle.after_calls = 1 + dice_.below(20);
    if (dice_.once_in(3)) event.changed_programs.push_back(pool.name);
  }
  world_.handle(event);
}

void Simulation::ask_as_operator() {
  using enum engine::OperatorCommand;
  engine::OperatorRequest request{.command = dice_.one_of({drain, resume, resume, recycle, kill, close_breaker}),
                                  .pool = {},
                                  .worker = {},
                                  .asked_by = "somebody"};
  const bool means_worker =
      request.command == kill || (request.command == recycle && dice_.once_in(2)) || dice_.once_in(20);
  if (means_worker && !workers_.empty()) {
    request.worker = dice_.any_of(workers_).process.id;  // May have ended long ago.
  } else {
    request.pool = dice_.once_in(20) ? "nosuch" : config_.pools[dice_.below(config_.pools.size())].name;
  }
  (void)world_.ask(std::move(request));
}

void Simulation::read_differently(RandomPeer& peer) {
  if (peer.pipe.reading()) {
    peer.pipe.stop_reading();
  } else {
    peer.pipe.read_again();
  }
}

void Simulation::end_process(RandomWorker& worker) {
  if (worker.is_attached()) return worker.pipe.disappear();
  if (std::exchange(worker.exited, true)) return;
  const auto pool = static_cast<engine::PoolIndex>(&worker.pool - config_.pools.data());
  --running_[pool];
  world_.exit(worker.process, static_cast<std::uint32_t>(dice_.below(3)));
  if (dice_.once_in(2)) worker.pipe.disappear();
}

/// Processes that were terminated or told to stop end, and connections that the broker closed go.
void Simulation::settle_the_ended() {
  for (RandomWorker* worker : present_workers_) {
    const bool is_to_end = world_.was_terminated(worker->process) || worker->was_told_to_stop() || worker->has_left();
    if (is_to_end) end_process(*worker);
    if (worker->exited && dice_.once_in(2)) worker->pipe.disappear();
  }
  for (RandomClient& client : clients_) {
    if (client.pipe.closed_by_broker) client.pipe.disappear("closed by the broker");
  }
  for (RandomWorker* worker : present_workers_) {
    if (worker->pipe.closed_by_broker) worker->pipe.disappear("closed by the broker");
  }
}

void Simulation::end_step() {
  if (!ledger_.take_repeated_from_the_living().empty())
    violations_.push_back("a call reached a second worker while the first one lives");
  forget_the_gone();
}

void Simulation::forget_the_gone() {
  std::erase_if(present_workers_, [this](const RandomWorker* worker) {
    const bool is_over = !worker->pipe.open && (worker->exited || worker->is_attached());
    if (is_over && !worker->is_attached()) invariants_.worker_ended(*worker);
    return is_over;
  });
}

void Simulation::consume() {
  for (RandomClient& client : clients_) client.consume();
  for (RandomWorker* worker : present_workers_) worker->consume();
}

void Simulation::pass(Duration duration) {
  const TimePoint until = world_.now + duration;
  int timers_now = 0;
  while (world_.engine.next_timer() <= until && !failed()) {
    if (world_.engine.next_timer() > world_.now) timers_now = 0;
    if (++timers_now > most_timers_at_once) return violations_.push_back("timers do not come to rest");
    world_.now = std::max(world_.now, world_.engine.next_timer());
    world_.handle(engine::TimerExpired{});
    consume();
    invariants_.check_times(world_.snapshot(), clients_, world_);
  }
  if (failed()) return;
  world_.now = until;
  invariants_.check_times(world_.snapshot(), clients_, world_);
}

void Simulation::jump(Duration duration) {
  world_.now += duration;
  if (dice_.once_in(2)) return;  // Other events come first.
  pass({});
}

void Simulation::after_event(const engine::Event& event) {
  ++events_;
  if (options_.trace) logged_ = print_trace(world_, event, logged_);
  consume();
  const auto* bytes = std::get_if<engine::BytesReceived>(&event);
  LivingProcesses living(config_.pools.size());
  for (const auto& [pool, count] : running_) living[pool] = count;
  for (const engine::StartWorker& start : world_.start_requests) ++living[start.pool];
  if (options_.sabotage == Sabotage::double_start) {
    for (std::size_t& count : living) count *= 2;
  }
  Snapshot snapshot = world_.snapshot();
  spoil(snapshot);
  const auto clients = std::ranges::count_if(clients_, [](const RandomClient& client) { return client.pipe.open; });
  const std::size_t connections = static_cast<std::size_t>(clients) + present_workers_.size() + 1;
  fairness_.check(clients_);
  invariants_.check(snapshot, living, connections, bytes != nullptr && client_connections_.contains(bytes->connection));
}

/// Everybody reads, workers answer, all deadlines pass: each call of a client that is still there must have its END.
void Simulation::finish_calls() {
  for (RandomClient& client : clients_) client.pipe.read_again();
  for (int round = 0; round < 20 && !failed(); ++round) {
    while (!world_.start_requests.empty()) world_.fail_start("nothing more");
    for (RandomClient& client : clients_) client.deliver(true);
    for (RandomWorker* worker : present_workers_) {
      worker->pipe.read_again();
      worker->finish_calls();
      worker->deliver(true);
    }
    settle_the_ended();
    consume();
    pass(500ms);
    end_step();
  }
  Snapshot snapshot = world_.snapshot();
  spoil(snapshot);
  if (!failed()) invariants_.check_calm(snapshot, clients_);
}

void Simulation::stop() {
  world_.stop(1s);
  for (int round = 0; round < 12 && !failed(); ++round) {
    while (!world_.start_requests.empty()) world_.fail_start("stopping");
    for (RandomWorker* worker : present_workers_) worker->deliver(true);
    settle_the_ended();
    pass(1s);
  }
  if (failed()) return;
  Snapshot snapshot = world_.snapshot();
  if (options_.sabotage == Sabotage::leave_session) ++snapshot.sessions;
  LivingProcesses living;
  for (const auto& [pool, count] : running_) living.push_back(count);
  invariants_.check_emptiness(snapshot, world_.engine.next_timer(), world_.stopped, living);
}

}  // namespace plugbroker::sim
