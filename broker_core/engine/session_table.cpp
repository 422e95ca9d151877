// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/session_table.h"

#include <utility>

#include "broker_core/base/assert.h"

namespace plugbroker::engine {

Session& SessionTable::add(ConnectionId connection, std::uint32_t process_id, std::string image) {
  auto [place, added] = sessions_.emplace(connection, std::make_unique<Session>());
  PLUGBROKER_ASSERT(added);
  Session& session = *place->second;
  session.connection.id = connection;
  session.process_id = process_id;
  session.image = std::move(image);
  all_.push_back(session);
  half_open_.push_back(session);
  return session;
}

void SessionTable::remove(Session& session) {
  end_half_open(session);
  if (session.caller != nullptr) {
    session.end_write();
    callers_.leave(*session.caller);
  }
  all_.erase(session);
  sessions_.erase(session.connection.id);
}

void SessionTable::end_half_open(Session& session) noexcept {
  if (session.in_half_open.linked) half_open_.erase(session);
}

Session* SessionTable::excess_half_open() const {
  if (half_open_.size() <= limits::max_half_open_connections) return nullptr;
  struct Process {
    std::size_t connections = 0;
    Session* oldest = nullptr;
  };
  std::unordered_map<std::uint32_t, Process> processes;
  for (Session* session = half_open_.front(); session != nullptr; session = half_open_.next(*session)) {
    Process& process = processes[session->process_id];
    ++process.connections;
    if (process.oldest == nullptr) process.oldest = session;
  }
  // In the list's order, so that equally busy processes lose the oldest connection of all.
  Session* chosen = nullptr;
  std::size_t most = 0;
  for (Session* session = half_open_.front(); session != nullptr; session = half_open_.next(*session)) {
    const Process& process = processes[session->process_id];
    if (process.connections > most) {
      most = process.connections;
      chosen = process.oldest;
    }
  }
  return chosen;
}

}  // namespace plugbroker::engine
