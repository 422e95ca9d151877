// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker_core/engine/engine.h"
#include "tests/fuzz/frame_choice.h"
#include "tests/fuzz/honest_peer.h"
#include "tests/fuzz/peer_audit.h"

namespace plugbroker::fuzz {

/// One input played to an engine: peers of one role write what the input says, those of the other keep to the
/// protocol; time passes, connections break, processes end. All that the engine does is checked and noted.
class EngineRun {
 public:
  EngineRun(protocol::Role attackers, Cut cut);

  /// Plays the whole input, then stops the engine and checks that nothing is left.
  void play(FuzzInput input);

  /// Everything the engine did, in order.
  [[nodiscard]] const std::string& notes() const noexcept { return notes_; }

 private:
  struct Peer {
    Peer(ConnectionId connection, protocol::Role role) : id(connection), audit(role) {}

    ConnectionId id;
    PeerAudit audit;
    WorkerId worker{};
    std::optional<HonestPeer> honest{};  ///< Nothing: an attacker.
    FrameChoice frames{};
    protocol::FrameReader cutter{};  ///< Says where frames end.
    bool reading = true;
    bool open = true;  ///< ConnectionClosed was not told.
    bool closed_by_broker = false;
  };

  void step(FuzzInput& input);
  void attack(FuzzInput& input);
  void disturb(FuzzInput& input);
  void finish();

  Peer& add_peer(protocol::Role role);
  void connect_client();
  void start_workers();
  void write(Peer& peer, ByteView bytes);
  void close(Peer& peer);
  void end_process(WorkerId worker);
  /// Connections that the broker closed go, and processes that it ended.
  void tidy();
  void advance(Duration duration);
  [[nodiscard]] Peer* some_peer(FuzzInput& input, bool honest);

  void tell(const engine::Event& event);
  void settle();
  void carry_out(const engine::IdentifyCaller& command);
  void carry_out(const engine::OutputReady& command);
  void carry_out(const engine::CloseConnection& command);
  void carry_out(const engine::StartWorker& command);
  void carry_out(const engine::TerminateWorker& command);
  void carry_out(const engine::Log& command);
  void carry_out(const engine::KeepEvidence& command);
  void carry_out(const engine::OperatorAnswered& command);
  void carry_out(const engine::Stopped& command);
  void write_out(Peer& peer);
  Peer& peer_of(ConnectionId id) { return *peers_.at(id.value - 1); }
  void note(std::string_view what, std::uint64_t number);

  protocol::Role attackers_;
  Cut cut_;
  TimePoint now_;
  engine::Engine engine_;
  std::vector<std::unique_ptr<Peer>> peers_;  ///< By connection id less 1.
  std::deque<WorkerId> start_requests_;
  std::vector<WorkerId> running_;
  std::vector<WorkerId> to_end_;
  std::size_t frames_left_ = 400;
  int stopped_ = 0;
  std::string notes_;
};

/// Plays an input with its bytes whole, frame by frame and one by one, and compares what the engine did.
void check_engine(protocol::Role attackers, FuzzInput input);

}  // namespace plugbroker::fuzz
