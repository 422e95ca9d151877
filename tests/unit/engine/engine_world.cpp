// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/engine/engine_world.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace plugbroker::engine::testing {

namespace {

std::vector<std::string> routes_of(const EngineConfig& config) {
  std::vector<std::string> routes;
  for (const PoolConfig& pool : config.pools) routes.insert(routes.end(), pool.routes.begin(), pool.routes.end());
  return routes;
}

}  // namespace

EngineWorld::EngineWorld(EngineConfig config)
    : routes(routes_of(config)), engine(std::move(config), TimePoint{1s}), now(1s), allowed_routes(engine.route_count(), true) {
  drain();
}

void EngineWorld::handle(const Event& event) {
  tell(event);
  drain();
}

void EngineWorld::tell(const Event& event) {
  engine.handle(event, now);
  if (after_event) after_event(event);
}

void EngineWorld::advance(Duration duration) {
  const TimePoint until = now + duration;
  while (engine.next_timer() <= until) {
    now = std::max(now, engine.next_timer());
    handle(TimerExpired{});
  }
  now = until;
}

FakePeer& EngineWorld::connect(std::uint32_t process_id) {
  FakePeer& peer = add_peer();
  handle(ClientConnected{peer.connection(), process_id, image});
  return peer;
}

FakePeer& EngineWorld::connect_client(const protocol::PeerLimits& limits) {
  FakePeer& peer = connect();
  peer.hello(protocol::Role::client, limits);
  EXPECT_TRUE(peer.hello_ack().result.ok()) << peer.hello_ack().result.message;
  return peer;
}

FakePeer& EngineWorld::connect_client_of(std::string sid) {
  caller_sid = std::move(sid);
  return connect_client();
}

FakeWorker EngineWorld::start_process() {
  EXPECT_FALSE(start_requests.empty()) << "the engine did not ask for a worker";
  const WorkerId id = start_requests.front().worker;
  start_requests.pop_front();
  FakePeer& channel = add_peer();
  handle(WorkerStarted{id, channel.connection(), static_cast<std::uint32_t>(1000 + id.value), image});
  return {id, channel};
}

FakeWorker EngineWorld::start_worker() {
  const PoolIndex pool_index = start_requests.empty() ? 0 : start_requests.front().pool;
  const FakeWorker worker = start_process();
  worker.channel.hello(protocol::Role::worker);
  worker.channel.ready(snapshot().pools.at(pool_index).routes, limits::max_concurrency);
  return worker;
}

FakePeer& EngineWorld::attach(std::uint32_t process_id) {
  FakePeer& peer = add_peer();
  handle(WorkerAttached{peer.connection(), process_id});
  return peer;
}

void EngineWorld::fail_start(std::string reason) {
  ASSERT_FALSE(start_requests.empty()) << "the engine did not ask for a worker";
  const WorkerId id = start_requests.front().worker;
  start_requests.pop_front();
  handle(WorkerStartFailed{id, std::move(reason)});
}

void EngineWorld::exit(const FakeWorker& worker, std::uint32_t exit_code) {
  handle(WorkerExited{worker.id, exit_code});
}

void EngineWorld::kill(const FakeWorker& worker, std::uint32_t exit_code) {
  exit(worker, exit_code);
  worker.channel.disappear();
}

void EngineWorld::finish_closing() {
  for (auto& [id, peer] : peers_) {
    if (peer->closed_by_broker) peer->disappear("closed by the broker");
  }
}

bool EngineWorld::was_terminated(const FakeWorker& worker) const {
  return std::ranges::find(terminated, worker.id) != terminated.end();
}

std::vector<LogRecord> EngineWorld::logs(std::string_view event) const {
  std::vector<LogRecord> found;
  std::ranges::copy_if(log, std::back_inserter(found), [&](const LogRecord& record) { return record.event == event; });
  return found;
}

void EngineWorld::drain() {
  Command command;
  while (engine.next_command(command)) {
    std::visit([this](const auto& kind) { carry_out(kind); }, command);
  }
}

void EngineWorld::write_out(FakePeer& peer) {
  std::vector<std::byte> buffer;
  while (engine.take_output(peer.connection(), buffer, limits::max_write_bytes, now) > 0) {
    peer.take_in(buffer);
    buffer.clear();
    tell(WriteCompleted{peer.connection()});
  }
  drain();
}

void EngineWorld::carry_out(const IdentifyCaller& command) {
  if (!identify_callers) return;
  allowed_routes.resize(engine.route_count(), true);
  const auto known = caller_sids.find(command.connection);
  const std::string sid = known == caller_sids.end() ? caller_sid : known->second;
  tell(CallerIdentified{command.connection, identity, sid, account, allowed_routes, integrity, windows_session});
}

void EngineWorld::carry_out(const OutputReady& command) {
  FakePeer& peer = *peers_.at(command.connection);
  if (peer.reading()) write_out(peer);
}

void EngineWorld::carry_out(const CloseConnection& command) {
  FakePeer& peer = *peers_.at(command.connection);
  EXPECT_FALSE(peer.closed_by_broker) << "CloseConnection was given twice";
  peer.closed_by_broker = true;
  if (peer.reading()) write_out(peer);
}

void EngineWorld::carry_out(const StartWorker& command) {
  start_requests.push_back(command);
}

void EngineWorld::carry_out(const TerminateWorker& command) {
  terminated.push_back(command.worker);
  if (command.evidence != nullptr) evidence.emplace_back(command.worker, *command.evidence);
}

void EngineWorld::carry_out(const Log& command) {
  log.push_back(command.record);
}

void EngineWorld::carry_out(const KeepEvidence& command) {
  evidence.emplace_back(command.worker, *command.evidence);
}

void EngineWorld::carry_out(const OperatorAnswered& command) {
  operator_answers.push_back(command);
}

Status EngineWorld::ask(OperatorRequest request) {
  const std::uint64_t id = operator_answers.size() + 1;
  handle(OperatorAsked{id, std::move(request)});
  PLUGBROKER_ASSERT(operator_answers.size() == id && operator_answers.back().request_id == id);
  return operator_answers.back().result;
}

void EngineWorld::carry_out(const Stopped&) {
  ++stopped;
}

FakePeer& EngineWorld::add_peer() {
  const ConnectionId id{++last_connection_};
  return *peers_.emplace(id, std::make_unique<FakePeer>(*this, id)).first->second;
}

EngineConfig one_pool(std::uint32_t min_workers, std::uint32_t max_workers, std::uint32_t concurrency) {
  EngineConfig config;
  config.pools.push_back({.name = "p",
                          .routes = {"echo", "other"},
                          .min_workers = min_workers,
                          .max_workers = max_workers,
                          .concurrency = concurrency});
  return config;
}

}  // namespace plugbroker::engine::testing
