// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker_core/engine/engine.h"
#include "tests/unit/engine/fake_peer.h"

namespace plugbroker::engine::testing {

using namespace std::chrono_literals;

/// A worker that a test plays: its process and its channel.
struct FakeWorker {
  WorkerId id;
  FakePeer& channel;
};

/// An engine with a clock that a test turns, and everything that a runtime would do for it: writes go out as soon as
/// they are announced (unless the peer isn't reading), callers are identified, commands that a test asks about are
/// kept.
class EngineWorld {
 public:
  explicit EngineWorld(EngineConfig config);

  const std::vector<std::string> routes;  ///< Of the configuration that it was made with.
  Engine engine;
  TimePoint now{};
  Status identity{};  ///< The answer to IdentifyCaller.
  std::string caller_sid = "S-1-5-21-1";
  std::string account = "someone";
  std::optional<std::uint32_t> integrity = 0x2000;
  std::optional<std::uint32_t> windows_session = 1;
  std::vector<bool> allowed_routes;  ///< All routes unless changed.
  bool identify_callers = true;
  std::string image = R"(C:\Program Files\Host\app.exe)";  ///< Of every process.
  std::map<ConnectionId, std::string> caller_sids;         ///< Who callers are that are not `caller_sid`.
  /// Called whenever the engine has handled an event, before its commands are carried out.
  std::function<void(const Event&)> after_event;

  void handle(const Event& event);
  /// Lets time pass, with every timer on the way.
  void advance(Duration duration);

  /// Connects without saying anything.
  FakePeer& connect(std::uint32_t process_id = 100);
  /// A client whose session is open.
  FakePeer& connect_client(const protocol::PeerLimits& limits = {});
  /// The same, of that caller.
  FakePeer& connect_client_of(std::string sid);

  /// The process of the oldest unanswered StartWorker runs, and has said nothing yet.
  FakeWorker start_process();
  /// The same, and the worker has sent HELLO and READY.
  FakeWorker start_worker();
  /// A worker that nobody asked for connects to the channel of the pool that is attached_only; it has said nothing yet.
  FakePeer& attach(std::uint32_t process_id = 4242);
  void fail_start(std::string reason);
  void exit(const FakeWorker& worker, std::uint32_t exit_code = 0);
  /// The process ends and so does its channel.
  void kill(const FakeWorker& worker, std::uint32_t exit_code = 1);
  /// The engine's answer.
  Status ask(OperatorRequest request);
  void stop(Duration grace) { handle(StopRequested{grace}); }
  /// The peers whose connection the broker closes go away.
  void finish_closing();

  [[nodiscard]] bool was_terminated(const FakeWorker& worker) const;
  [[nodiscard]] bool logged(std::string_view event) const { return !logs(event).empty(); }
  [[nodiscard]] std::vector<LogRecord> logs(std::string_view event) const;
  [[nodiscard]] Snapshot snapshot() const { return engine.snapshot(now); }
  [[nodiscard]] PoolSnapshot pool(std::size_t index = 0) const { return snapshot().pools.at(index); }

  std::deque<StartWorker> start_requests;  ///< Not answered yet.
  std::vector<WorkerId> terminated;
  std::vector<std::pair<WorkerId, EvidenceCase>> evidence;  ///< In the order of the commands, of either kind.
  std::vector<OperatorAnswered> operator_answers;
  std::vector<LogRecord> log;
  int stopped = 0;

  /// For FakePeer.
  void drain();
  void write_out(FakePeer& peer);

 private:
  void tell(const Event& event);
  void carry_out(const IdentifyCaller& command);
  void carry_out(const OutputReady& command);
  void carry_out(const CloseConnection& command);
  void carry_out(const StartWorker& command);
  void carry_out(const TerminateWorker& command);
  void carry_out(const Log& command);
  void carry_out(const KeepEvidence& command);
  void carry_out(const OperatorAnswered& command);
  void carry_out(const Stopped& command);
  FakePeer& add_peer();

  std::map<ConnectionId, std::unique_ptr<FakePeer>> peers_;
  std::uint64_t last_connection_ = 0;
};

/// One pool named "p" with the routes "echo" and "other".
[[nodiscard]] EngineConfig one_pool(std::uint32_t min_workers = 1, std::uint32_t max_workers = 1,
                                    std::uint32_t concurrency = 1);

}  // namespace plugbroker::engine::testing
