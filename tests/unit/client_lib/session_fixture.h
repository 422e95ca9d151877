// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>

#include "client_lib/core/client_session.h"
#include "tests/unit/client_lib/scripted_server.h"

namespace plugbroker::client {

/// A session with a server for each connection it makes.
struct SessionFixture {
  /// A call that has ended.
  struct Finished {
    int call = 0;
    CallOutcome outcome;
  };

  TestCalls calls;  // Before the session, which refers to them.
  ClientSession session{SessionSettings{}};
  std::map<ConnectionId, ScriptedServer> servers;
  ConnectionId current;
  std::vector<std::byte> buffer;

  /// Makes the connection that the session wants; the server accepts.
  void connect(TimePoint now = at(0s), const protocol::PeerLimits& limits = {}) {
    current = session.connected(now);
    write(now);
    session.received(current, server().hello_ack(limits), now);
  }
  ScriptedServer& server() { return servers[current]; }

  std::vector<SeenFrame> write(TimePoint now = at(0s)) { return write_on(current, now); }
  std::vector<SeenFrame> write_on(ConnectionId id, TimePoint now = at(0s)) {
    session.produce(id, buffer, now);
    return servers[id].read(buffer);
  }
  void receive(const std::vector<std::byte>& bytes, TimePoint now = at(0s)) { session.received(current, bytes, now); }

  /// Gives the call the next number, from 1.
  int submit(const CallSpec& spec, TimePoint now = at(0s)) {
    const int number = calls.next_number();
    session.submit(calls.add(number, spec), now);
    return number;
  }
  int await_ready(TimePoint deadline, TimePoint now) {
    const int number = calls.next_number();
    session.submit(calls.add(number, CallKind::readiness, call_to({}, {}, deadline)), now);
    return number;
  }
  void cancel(int number) { session.cancel(calls[number]); }
  std::vector<Finished> take_finished() {
    std::vector<Finished> finished;
    while (Call* call = session.next_changed()) {
      if (call->ended()) finished.push_back({TestCalls::number_of(*call), call->outcome});
    }
    return finished;
  }

  /// The one call that has ended since the last time; a default outcome with status unknown when it isn't one.
  CallOutcome only_outcome() {
    auto finished = take_finished();
    if (finished.size() != 1) return client_failure(StatusCode::unknown, std::to_string(finished.size()) + " ended");
    return std::move(finished[0].outcome);
  }
};

inline ConnectFailure failed(ConnectFailureKind kind, std::string message = "reason") {
  return {kind, std::move(message), StatusCode::internal};
}

}  // namespace plugbroker::client
