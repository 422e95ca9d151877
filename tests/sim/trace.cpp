// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/trace.h"

#include <cstdio>
#include <string>
#include <variant>

namespace plugbroker::sim {
namespace {

using namespace engine;

std::string of(ConnectionId connection) {
  return " connection " + std::to_string(connection.value);
}
std::string of(WorkerId worker) {
  return " worker " + std::to_string(worker.value);
}

std::string text(const ClientConnected& event) {
  return "client connected:" + of(event.connection);
}
std::string text(const BytesReceived& event) {
  return std::to_string(event.bytes.size()) + " bytes received:" + of(event.connection);
}
std::string text(const CallerIdentified& event) {
  return "caller identified:" + of(event.connection) + ", " + event.sid;
}
std::string text(const CallerNamed& event) {
  return "caller named: " + event.sid + ", " + event.account;
}
std::string text(const WriteCompleted& event) {
  return "write completed:" + of(event.connection);
}
std::string text(const ConnectionClosed& event) {
  return "connection closed:" + of(event.connection) + ", " + event.reason;
}
std::string text(const WorkerStarted& event) {
  return "worker started:" + of(event.worker) + "," + of(event.connection);
}
std::string text(const WorkerStartFailed& event) {
  return "worker start failed:" + of(event.worker);
}
std::string text(const WorkerExited& event) {
  return "worker exited:" + of(event.worker) + " with " + std::to_string(event.exit_code);
}
std::string text(const WorkerAttached& event) {
  return "worker attached:" + of(event.connection);
}
std::string text(const WorkerObserved& event) {
  return "worker observed:" + of(event.worker) + ", " + std::to_string(event.private_bytes) + " bytes";
}
std::string text(const PoolOutdated& event) {
  return "pool outdated: " + std::to_string(event.pool) + ", " + std::string{to_string(event.reason)};
}
std::string text(const ConfigReplaced& event) {
  std::string pools;
  for (const std::string& name : event.changed_programs) pools += " '" + name + "'";
  return "configuration replaced, other programs:" + pools;
}
std::string text(const OperatorAsked& event) {
  return "operator asked: " + std::string{to_string(event.request.command)} + " '" + event.request.pool + "'" +
         of(event.request.worker);
}
std::string text(const StopRequested& event) {
  return "stop requested: grace " + std::to_string(event.grace.count()) + " us";
}
std::string text(const TimerExpired&) {
  return "timer expired";
}

}  // namespace

std::size_t print_trace(const engine::testing::EngineWorld& world, const Event& event, std::size_t logged) {
  const std::string line = std::visit([](const auto& kind) { return text(kind); }, event);
  for (; logged < world.log.size(); ++logged) {
    const LogRecord& record = world.log[logged];
    std::printf("               %s: %s (pool '%s', worker %llu, session %llu, call %llu)\n", record.event.c_str(),
                record.message.c_str(), record.pool.c_str(), static_cast<unsigned long long>(record.worker),
                static_cast<unsigned long long>(record.session), static_cast<unsigned long long>(record.call));
  }
  std::printf("%12lld us  %s\n", static_cast<long long>(world.now.time_since_epoch().count()), line.c_str());
  return logged;
}

}  // namespace plugbroker::sim
