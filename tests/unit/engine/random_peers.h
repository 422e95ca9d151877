// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <random>
#include <string>
#include <vector>

#include "broker_core/protocol/credit.h"
#include "tests/unit/engine/engine_world.h"

namespace plugbroker::engine::testing {

/// Numbers from a seed; the same seed gives the same numbers.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  /// 0 to below - 1.
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(engine_() % bound); }
  /// True once in `of` times.
  bool once_in(std::size_t of) { return below(of) == 0; }

 private:
  std::mt19937_64 engine_;
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

/// What both kinds of peers do alike: bytes reach the broker in pieces, and credit is kept on both sides.
class RandomPeer {
 public:
  RandomPeer(FakePeer& peer, Dice& dice, std::vector<std::string>& violations)
      : pipe(peer), dice_(dice), violations_(violations) {}

  FakePeer& pipe;

  /// Delivers a part of what this peer has written, all of it when `everything`.
  void deliver(bool everything);
  [[nodiscard]] bool gone() const { return !pipe.open || pipe.closed_by_broker; }

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
  /// The payload of the next DATA or REQUEST: at most `wanted`, within the credit; nothing when there is no credit.
  [[nodiscard]] std::optional<std::string> spend(StreamCredit& credit, std::size_t wanted, char letter);
  void check_messages(Messages& messages, const SeenFrame& frame);
  void receive_data(StreamCredit& credit, const SeenFrame& frame, bool gives_stream_credit);
  void receive_window(StreamCredit* credit, const SeenFrame& frame);
  void violation(std::string text) { violations_.push_back(std::move(text)); }
  Dice& dice() { return dice_; }

 private:
  Dice& dice_;
  std::vector<std::string>& violations_;
  std::vector<std::byte> outgoing_;
  protocol::SendWindow send_{limits::connection_window_bytes};
  protocol::ReceiveWindow receive_{limits::connection_window_bytes};
};

/// A client that makes calls of all kinds, and checks what comes back.
class RandomClient : public RandomPeer {
 public:
  using RandomPeer::RandomPeer;

  /// The next END is treated as if it had been lost: for the test of the checks.
  bool loses_an_end = false;
  /// The same for a whole message of a reply.
  bool loses_a_message = false;

  void begin();
  void act();
  void consume();
  /// Streams whose REQUEST was delivered and that have no END.
  [[nodiscard]] std::vector<std::uint64_t> open_streams() const;
  [[nodiscard]] const std::map<StatusCode, int>& outcomes() const { return outcomes_; }

 private:
  struct Stream {
    StreamCredit credit;
    Messages request;
    std::size_t messages = 1;     ///< It will send.
    std::size_t left = 0;         ///< Of the message at hand.
    bool closes_with_it = false;  ///< END_STREAM comes with the last message, not after it.
    bool sent_all = false;
    bool ended = false;
    Messages reply;
  };

  void start_call();
  /// Flags and payload of the stream's next frame; nothing when it lacks credit.
  [[nodiscard]] std::optional<std::pair<std::uint16_t, std::string>> next_part(Stream& stream);
  void go_on_with(std::uint64_t id, Stream& stream);
  void take_frame(const SeenFrame& frame);
  void take_end(Stream& stream, const SeenFrame& frame);
  [[nodiscard]] std::size_t message_size();

  std::map<std::uint64_t, Stream> streams_;
  std::uint64_t last_stream_ = 0;
  bool opened_ = false;
  std::map<StatusCode, int> outcomes_;
};

/// A worker that answers, is slow, hangs, ends calls early and obeys or ignores cancellation.
class RandomWorker : public RandomPeer {
 public:
  RandomWorker(const FakeWorker& worker, std::uint32_t concurrency, Dice& dice, std::vector<std::string>& violations)
      : RandomPeer(worker.channel, dice, violations), process(worker), concurrency_(concurrency) {}

  FakeWorker process;
  bool exited = false;

  void begin(bool says_ready);
  void act();
  void finish_calls();
  void write_garbage();
  /// Takes no more calls, and says which of those it was given it has not taken.
  void go_away();
  void consume();
  [[nodiscard]] bool was_told_to_stop() const { return told_to_stop_; }
  [[nodiscard]] bool has_left() const { return went_away_ && streams_.empty(); }

 private:
  struct Stream {
    StreamCredit credit;
    bool cancelled = false;
    std::size_t announced = 0;  ///< Messages that the request will have, as its metadata say.
    Messages request;
    Messages reply;
  };

  void take_frame(const SeenFrame& frame);
  void take_part(Stream& stream, const SeenFrame& frame);
  void end(std::map<std::uint64_t, Stream>::iterator place);

  std::map<std::uint64_t, Stream> streams_;
  std::uint32_t concurrency_;
  std::uint64_t last_seen_ = 0;      ///< Stream ids.
  std::uint64_t last_answered_ = 0;  ///< The highest that it has sent something for.
  std::uint64_t refuses_above_ = ~std::uint64_t{0};
  bool said_ready_ = false;
  bool told_to_stop_ = false;
  bool went_away_ = false;
};

}  // namespace plugbroker::engine::testing
