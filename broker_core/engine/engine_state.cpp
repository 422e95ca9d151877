// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/engine_state.h"

#include <algorithm>
#include <utility>

#include "broker_core/base/bytes.h"

namespace plugbroker::engine {
namespace {

protocol::PeerDescription describe(const EngineConfig& config) {
  protocol::PeerDescription description;
  description.limits.max_streams = config.max_streams_per_session;
  description.limits.max_payload = config.max_payload_bytes;
  description.limits.stream_window = config.flow_control.stream_window_bytes;
  description.limits.connection_window = config.flow_control.connection_window_bytes;
  description.wire_version_min = config.wire_version_min;
  description.wire_version_max = config.wire_version_max;
  description.library_name = "PlugBroker";
  description.library_version = config.library_version;
  return description;
}

/// The instance id is random and told to peers only in part of its use: mixing both halves is enough to spoil guesses.
std::uint64_t seed_from(const protocol::InstanceId& instance, std::uint64_t salt) noexcept {
  return load_le<std::uint64_t>(instance.data()) * 0x9E3779B97F4A7C15u + load_le<std::uint64_t>(instance.data() + 8) +
         salt;
}

}  // namespace

EngineState::EngineState(EngineConfig engine_config, TimePoint created)
    : config(std::move(engine_config)),
      description(describe(config)),
      started(created),
      now(created),
      jitter(seed_from(config.instance_id, 3)),
      calls(seed_from(config.instance_id, 1)),
      connections(seed_from(config.instance_id, 2)) {
  for (const PoolConfig& pool : config.pools) {
    routes.assign(add_pool(pool).index, pool.routes);
  }
}

Pool& EngineState::add_pool(const PoolConfig& pool) {
  const auto index = static_cast<PoolIndex>(pools.size());
  return pools.emplace_back(index, pool, seed_from(config.instance_id, 4 + std::uint64_t{index}));
}

Pool* EngineState::find_pool(std::string_view name) noexcept {
  const auto place = std::ranges::find(pools, name, [](const Pool& pool) -> std::string_view { return pool.config.name; });
  return place == pools.end() ? nullptr : &*place;
}

void EngineState::review(Pool& pool) {
  if (std::exchange(pool.review_asked, true)) return;
  pools_to_review.push_back(&pool);
}

void EngineState::add_connection(Connection& connection) {
  const FlowControlConfig& flow = config.flow_control;
  connection.receive_window = protocol::ReceiveWindow{flow.connection_window_bytes};
  connection.window_growth = {flow.stream_window_max_bytes, flow.window_growth_bytes};
  connections.insert({connection.id.value, 0}, connection);
}

void EngineState::remove_connection(Connection& connection) {
  connections.erase({connection.id.value, 0});
  if (recent_connection == &connection) recent_connection = nullptr;
  if (connection.overloaded) std::erase(overloaded, &connection);
  connection.output.clear_control(store);
}

void EngineState::close(Connection& connection) {
  if (std::exchange(connection.closing, true)) return;
  commands.push(CloseConnection{connection.id});
}

void EngineState::log(LogLevel level, std::string_view event, std::string message, const LogSubject& subject) {
  commands.push(Log{LogRecord{.level = level,
                              .event = std::string{event},
                              .message = std::move(message),
                              .pool = std::string{subject.pool},
                              .route = std::string{subject.route},
                              .worker = subject.worker.value,
                              .session = subject.session.value,
                              .call = subject.call.value,
                              .process = subject.process,
                              .image = std::string{subject.image},
                              .sid = std::string{subject.sid}}});
}

LogSubject subject_of(const Session& session) noexcept {
  LogSubject subject{.session = session.connection.id, .process = session.process_id, .image = session.image};
  if (session.caller != nullptr) subject.sid = session.caller->sid;
  return subject;
}

LogSubject subject_of(const Worker& worker) noexcept {
  return {.pool = worker.pool->config.name, .worker = worker.id, .process = worker.process_id, .image = worker.image};
}

LogSubject subject_of(const Call& call) noexcept {
  LogSubject subject{.call = call.id};
  if (call.pool != nullptr) subject.pool = call.pool->config.name;
  subject.route = call.route;
  if (call.worker != nullptr) subject.worker = call.worker->id;
  if (call.session != nullptr) subject.session = call.session->connection.id;
  return subject;
}

LogSubject subject_of(const Connection& connection) noexcept {
  return connection.session != nullptr ? subject_of(*connection.session) : subject_of(*connection.worker);
}

}  // namespace plugbroker::engine
