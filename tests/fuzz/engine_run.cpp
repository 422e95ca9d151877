// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/engine_run.h"

#include <algorithm>
#include <cstdio>

#include "broker_core/base/escaped_text.h"

namespace plugbroker::fuzz {
namespace {

using namespace std::chrono_literals;
using protocol::Role;

constexpr std::size_t most_peers = 12;
constexpr int most_steps = 200;

engine::EngineConfig run_config() {
  engine::EngineConfig config;
  engine::PoolConfig pool;
  pool.name = "p";
  pool.routes = {"echo", "other"};
  pool.max_workers = 2;
  pool.concurrency = 2;
  pool.queue_limit = 4;
  pool.start_timeout = 2s;
  pool.stop_timeout = 1s;
  pool.cancel_grace = 500ms;
  config.pools.push_back(std::move(pool));
  config.max_streams_per_session = 6;
  config.max_payload_bytes = 30'000;
  return config;
}

/// What was the same last, and what came then.
void show_difference(const std::string& whole, const std::string& pieces) {
  const auto at = std::ranges::mismatch(whole, pieces).in1 - whole.begin();
  const auto from = static_cast<std::size_t>(std::max<std::ptrdiff_t>(at - 300, 0));
  std::fprintf(stderr, "frame by frame: %s\n\nbyte by byte: %s\n\n",
               escaped_text(whole.substr(from), EscapeStyle::plain, 600).c_str(),
               escaped_text(pieces.substr(from), EscapeStyle::plain, 600).c_str());
}

}  // namespace

EngineRun::EngineRun(Role attackers, Cut cut)
    : attackers_(attackers), cut_(cut), now_(1s), engine_(run_config(), TimePoint{1s}) {
  settle();
  start_workers();
  connect_client();
}

void EngineRun::play(FuzzInput input) {
  for (int i = 0; i < most_steps && !input.empty(); ++i) step(input);
  finish();
}

void EngineRun::step(FuzzInput& input) {
  const std::size_t choice = input.below(16);
  if (choice < 7) {
    attack(input);
  } else if (choice < 11) {
    if (Peer* peer = some_peer(input, true)) {
      peer->honest->act(input);
      settle();
    }
  } else {
    disturb(input);
  }
  require(engine_.snapshot(now_).buffered_bytes <= 16u << 20, "what the broker holds is bounded");
}

void EngineRun::attack(FuzzInput& input) {
  Peer* peer = some_peer(input, false);
  if (peer == nullptr) return;
  std::vector<std::byte> bytes;
  switch (input.below(4)) {
    case 0: {
      const ByteView raw = input.bytes(input.byte());
      bytes.assign(raw.begin(), raw.end());
      frames_left_ -= std::min(frames_left_, bytes.size() / limits::frame_header_bytes);
      break;
    }
    case 1: {  // What an honest peer would begin with.
      protocol::FrameWriter writer{bytes};
      writer.hello({.role = attackers_, .peer = {}});
      if (attackers_ == Role::worker) (void)writer.ready({{"echo", "other"}, 2});
      break;
    }
    default:
      for (std::size_t left = 1 + input.below(4); left > 0 && frames_left_ > 0; --left, --frames_left_) {
        peer->frames.append(input, bytes);
      }
  }
  write(*peer, bytes);
  settle();
}

void EngineRun::disturb(FuzzInput& input) {
  switch (input.below(8)) {
    case 0:
      advance(std::chrono::milliseconds{1} * input.byte());
      break;
    case 1:
      advance(100ms * input.byte());
      break;
    case 2:
      if (Peer* peer = some_peer(input, false)) {
        peer->reading = !peer->reading;
        if (peer->reading) write_out(*peer);
        settle();
      }
      break;
    case 3:
      if (Peer* peer = some_peer(input, false)) close(*peer);
      break;
    case 4:
      if (!running_.empty()) end_process(running_[input.below(running_.size())]);
      break;
    case 5:
      if (input.below(8) == 7) tell(engine::StopRequested{1s});
      break;
    case 6:
      connect_client();
      break;
    default:
      tidy();
  }
}

/// After enough time each honest client has its answers; after a stop the engine is empty.
void EngineRun::finish() {
  for (int round = 0; round < 8; ++round) {
    tidy();
    advance(10s);
  }
  for (const auto& peer : peers_) {
    const bool is_open = peer->open && !peer->closed_by_broker;
    const bool waits = peer->honest && peer->honest->is_client() && peer->honest->open_calls() > 0;
    require(!is_open || !waits, "every call of an open connection has its END");
  }
  tell(engine::StopRequested{1s});
  for (int round = 0; round < 50 && stopped_ == 0; ++round) {
    tidy();
    advance(10s);
  }
  require(stopped_ == 1, "a stop comes to its end, once");
  const engine::Snapshot snapshot = engine_.snapshot(now_);
  require(snapshot.sessions == 0 && snapshot.half_open_connections == 0, "no session is left");
  require(snapshot.calls_in_progress == 0 && snapshot.buffered_bytes == 0, "no call and no byte is left");
  std::uint64_t ended = 0;
  for (const std::uint64_t count : snapshot.calls_by_status) ended += count;
  require(ended == snapshot.calls_accepted, "every accepted call has one outcome");
}

EngineRun::Peer* EngineRun::some_peer(FuzzInput& input, bool honest) {
  std::vector<Peer*> found;
  for (const auto& peer : peers_) {
    const bool may_write = peer->open && !peer->closed_by_broker;
    if (may_write && peer->honest.has_value() == honest) found.push_back(peer.get());
  }
  return found.empty() ? nullptr : found[input.below(found.size())];
}

EngineRun::Peer& EngineRun::add_peer(Role role) {
  peers_.push_back(std::make_unique<Peer>(ConnectionId{peers_.size() + 1}, role));
  Peer& peer = *peers_.back();
  if (role != attackers_) peer.honest.emplace(role);
  return peer;
}

void EngineRun::connect_client() {
  if (peers_.size() >= most_peers || stopped_ > 0) return;
  Peer& peer = add_peer(Role::client);
  tell(engine::ClientConnected{peer.id, 100});
}

void EngineRun::start_workers() {
  while (!start_requests_.empty()) {
    const WorkerId worker = start_requests_.front();
    start_requests_.pop_front();
    if (peers_.size() >= most_peers) {
      tell(engine::WorkerStartFailed{worker, "no more"});
      continue;
    }
    Peer& peer = add_peer(Role::worker);
    peer.worker = worker;
    running_.push_back(worker);
    tell(engine::WorkerStarted{worker, peer.id, 200});
  }
}

/// What it is answered is seen by the next settle().
void EngineRun::write(Peer& peer, ByteView bytes) {
  peer.audit.peer_wrote(bytes);
  const auto hand_in = [&](ByteView piece) { engine_.handle(engine::BytesReceived{peer.id, piece}, now_); };
  const auto ends_frame = [&](std::byte byte) {
    peer.cutter.feed(ByteView{&byte, 1});
    return peer.cutter.next().has_value();
  };
  feed(bytes, cut_, hand_in, ends_frame);
}

void EngineRun::close(Peer& peer) {
  if (!std::exchange(peer.open, false)) return;
  tell(engine::ConnectionClosed{peer.id, "end of file"});
}

void EngineRun::end_process(WorkerId worker) {
  if (std::erase(running_, worker) == 0) return;
  tell(engine::WorkerExited{worker, 1});
  for (std::size_t i = 0; i < peers_.size(); ++i) {
    if (peers_[i]->worker == worker) close(*peers_[i]);
  }
}

void EngineRun::tidy() {
  for (std::size_t i = 0; i < peers_.size(); ++i) {
    Peer& peer = *peers_[i];
    if (peer.closed_by_broker && peer.worker) to_end_.push_back(peer.worker);
    if (peer.closed_by_broker) close(peer);
  }
  for (const WorkerId worker : std::exchange(to_end_, {})) end_process(worker);
  start_workers();
}

void EngineRun::advance(Duration duration) {
  const TimePoint until = now_ + duration;
  while (engine_.next_timer() <= until) {
    now_ = std::max(now_, engine_.next_timer());
    tell(engine::TimerExpired{});
  }
  now_ = until;
}

void EngineRun::tell(const engine::Event& event) {
  engine_.handle(event, now_);
  settle();
}

/// Carries out what the engine asks for, and lets honest peers write what they have to say to it.
void EngineRun::settle() {
  engine::Command command;
  bool honest_wrote = true;
  while (honest_wrote) {
    while (engine_.next_command(command)) {
      note("command", command.index());
      std::visit([this](const auto& kind) { carry_out(kind); }, command);
    }
    honest_wrote = false;
    for (std::size_t i = 0; i < peers_.size(); ++i) {
      Peer& peer = *peers_[i];
      if (!peer.honest || peer.honest->outgoing.empty() || !peer.open || peer.closed_by_broker) continue;
      write(peer, std::exchange(peer.honest->outgoing, {}));
      honest_wrote = true;
    }
  }
}

void EngineRun::carry_out(const engine::IdentifyCaller& command) {
  engine_.handle(
      engine::CallerIdentified{
          command.connection, {}, "S-1-5-21-1", "someone", std::vector<bool>(engine_.route_count(), true)},
      now_);
}

void EngineRun::carry_out(const engine::OutputReady& command) {
  if (peer_of(command.connection).reading) write_out(peer_of(command.connection));
}

void EngineRun::carry_out(const engine::CloseConnection& command) {
  Peer& peer = peer_of(command.connection);
  require(!peer.closed_by_broker, "a connection is closed once");
  if (peer.reading) write_out(peer);
  peer.closed_by_broker = true;
  note("close", command.connection.value);
}

void EngineRun::carry_out(const engine::StartWorker& command) {
  start_requests_.push_back(command.worker);
}

void EngineRun::carry_out(const engine::TerminateWorker& command) {
  to_end_.push_back(command.worker);
}

void EngineRun::carry_out(const engine::Log& command) {
  note(command.record.event, command.record.session);
}

void EngineRun::carry_out(const engine::KeepEvidence&) {}

void EngineRun::carry_out(const engine::OperatorAnswered&) {}

void EngineRun::carry_out(const engine::Stopped&) {
  ++stopped_;
}

void EngineRun::write_out(Peer& peer) {
  std::vector<std::byte> buffer;
  while (peer.open && engine_.take_output(peer.id, buffer, limits::max_write_bytes, now_) > 0) {
    notes_.append(as_text(buffer));
    const std::vector<OwnedFrame> frames = peer.audit.broker_wrote(buffer);
    if (peer.honest) peer.honest->take(frames);
    buffer.clear();
    engine_.handle(engine::WriteCompleted{peer.id}, now_);
  }
}

void EngineRun::note(std::string_view what, std::uint64_t number) {
  notes_.append(what).append(" ").append(std::to_string(number)).append("\n");
}

void check_engine(Role attackers, FuzzInput input) {
  const auto notes_of = [&](Cut cut) {
    EngineRun run(attackers, cut);
    run.play(input);
    return run.notes();
  };
  (void)notes_of(Cut::whole);
  // Between two frames the engine may look after its pools, so what it asks for is compared for cuts that all are.
  const std::string expected = notes_of(Cut::frame_by_frame);
  const std::string pieces = notes_of(Cut::byte_by_byte);
  if (expected == pieces) return;
  show_difference(expected, pieces);
  require(false, "what the engine does does not depend on how the bytes were cut");
}

}  // namespace plugbroker::fuzz
