// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "broker_core/protocol/credit.h"
#include "tests/sim/dice.h"
#include "tests/sim/sabotage.h"
#include "tests/unit/engine/engine_world.h"

namespace plugbroker::sim {

using engine::testing::EngineWorld;
using engine::testing::FakePeer;
using engine::testing::FakeWorker;
using engine::testing::SeenFrame;

/// What every peer of one run works with.
struct Surroundings {
  EngineWorld& world;
  Dice& dice;
  std::vector<std::string>& violations;
  Sabotage sabotage = Sabotage::none;
};

/// The messages of one direction of a call. Message n is made of the n-th letter, so that a border that moved, and a
/// part that was lost, doubled or taken from elsewhere, shows.
struct Messages {
  std::size_t count = 0;  ///< Whole ones so far.
  bool inside = false;

  [[nodiscard]] char letter() const { return static_cast<char>('a' + count % 26); }
  /// A frame that carries a message or a part of one.
  void pass(bool goes_on) {
    count += goes_on ? 0 : 1;
    inside = goes_on;
  }
};

/// What a caller tells in its application metadata, so that the other end, and the ledger, need not ask the broker.
struct CallTag {
  std::size_t messages = 0;  ///< That the sender sends in all.
  std::string call;          ///< Unique in a run; only of a REQUEST.

  [[nodiscard]] static CallTag read(const protocol::AppMetadata& pairs);
  [[nodiscard]] protocol::AppMetadataList pairs() const;
};

/// What both kinds of peers do alike: bytes reach the broker in pieces, and credit is kept on both sides.
class RandomPeer {
 public:
  RandomPeer(FakePeer& peer, const Surroundings& around) : pipe(peer), around_(around) {}
  virtual ~RandomPeer() = default;
  RandomPeer(const RandomPeer&) = delete;
  RandomPeer& operator=(const RandomPeer&) = delete;

  FakePeer& pipe;

  /// Delivers a part of what this peer has written, all of it when `everything`.
  void deliver(bool everything);
  /// Reads what the broker has written meanwhile. It only writes answers down: call it at any time.
  void consume();
  [[nodiscard]] bool gone() const { return !pipe.open || pipe.closed_by_broker; }
  /// The connection's credit that it has for the broker; at least half of it unless calls run or the broker keeps it.
  [[nodiscard]] std::uint32_t connection_credit() const { return send_.available(); }

 protected:
  struct StreamCredit {
    protocol::SendWindow send{limits::stream_window_bytes};
    protocol::ReceiveWindow receive{limits::stream_window_bytes};
  };

  template <typename Write>
  void write(Write write) {
    protocol::FrameWriter writer{outgoing_};
    write(writer);
  }
  void write_noise();
  /// All bytes that it has written so far.
  [[nodiscard]] std::size_t written() const { return delivered_ + outgoing_.size(); }
  /// Bytes up to that place are with the broker now.
  virtual void was_delivered(std::size_t /*up_to*/) {}
  virtual void take_frame(const SeenFrame& frame) = 0;

  /// The payload of the next DATA or REQUEST: at most `wanted`, within the credit; nothing when there is no credit.
  [[nodiscard]] std::optional<std::string> spend(StreamCredit& credit, std::size_t wanted, char letter);
  void check_messages(Messages& messages, const SeenFrame& frame);
  void receive_data(StreamCredit& credit, const SeenFrame& frame, bool gives_stream_credit);
  void receive_window(StreamCredit* credit, const SeenFrame& frame);
  void violation(std::string text) { around_.violations.push_back(std::move(text)); }
  Dice& dice() { return around_.dice; }
  [[nodiscard]] const EngineWorld& world() const { return around_.world; }
  [[nodiscard]] TimePoint now() const { return around_.world.now; }
  [[nodiscard]] Sabotage sabotage() const { return around_.sabotage; }

 private:
  Surroundings around_;
  std::vector<std::byte> outgoing_;
  std::size_t delivered_ = 0;
  protocol::SendWindow send_{limits::connection_window_bytes};
  protocol::ReceiveWindow receive_{limits::connection_window_bytes};
};

}  // namespace plugbroker::sim
