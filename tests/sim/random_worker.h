// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <map>

#include "broker_core/engine/engine_config.h"
#include "tests/sim/call_ledger.h"
#include "tests/sim/random_peer.h"

namespace plugbroker::sim {

/// How a worker behaves all its life.
enum class Temper : std::uint8_t {
  works,
  hangs,      ///< Does nothing after READY, and answers no PING.
  is_late,    ///< Says READY some time after HELLO.
  is_silent,  ///< Never says READY.
};

/// A worker that answers, is slow, hangs, ends calls early and obeys or ignores cancellation, or breaks the protocol.
class RandomWorker : public RandomPeer {
 public:
  /// `worker.id` is 0 for one that is attached: the broker knows no process of it.
  RandomWorker(const FakeWorker& worker, const engine::PoolConfig& pool, CallLedger& ledger,
               const Surroundings& around);

  FakeWorker process;
  const engine::PoolConfig& pool;
  bool exited = false;  ///< Its end was told to the broker.

  void begin();
  void act();
  /// It ends all calls that it holds, whatever its temper.
  void finish_calls();
  /// Breaks the protocol, or writes what is of no use: answers twice, answers what it never got, noise.
  void break_protocol();
  /// Takes no more calls, and says which of those it was given it has not taken.
  void go_away();

  [[nodiscard]] bool is_attached() const { return process.id.value == 0; }
  [[nodiscard]] bool was_told_to_stop() const { return told_to_stop_at_ != far_future; }
  [[nodiscard]] bool has_left() const { return went_away_ && streams_.empty(); }
  /// The broker has its GOAWAY.
  [[nodiscard]] bool said_goodbye() const { return said_goodbye_; }
  /// It says that it goes away, and does not: only TerminateWorker ends it.
  [[nodiscard]] bool overstays() const { return overstays_; }
  /// Its process takes long to end once it is terminated, as one whose dump is taken.
  [[nodiscard]] bool ends_slowly() const { return ends_slowly_; }
  [[nodiscard]] bool is_lost() const { return exited || gone() || broke_protocol_; }
  [[nodiscard]] bool refused(std::uint64_t stream) const { return stream > refuses_above_; }
  /// Calls that it has and has not ended.
  [[nodiscard]] std::size_t calls() const { return streams_.size(); }
  /// The same, and those whose END the broker does not have yet.
  [[nodiscard]] std::size_t held_calls() const { return streams_.size() + ends_.size(); }
  [[nodiscard]] std::uint32_t concurrency() const { return concurrency_; }
  [[nodiscard]] TimePoint started_at() const { return started_at_; }
  /// When it read the broker's GOAWAY; far_future: it has not.
  [[nodiscard]] TimePoint told_to_stop_at() const { return told_to_stop_at_; }
  /// When it read the oldest CANCEL of a call that it has not ended; far_future: there is none.
  [[nodiscard]] TimePoint oldest_cancel() const;

 private:
  struct Stream {
    StreamCredit credit{};
    TimePoint cancelled_at = far_future;
    std::size_t announced = 0;  ///< Messages that the request will have, as its tag says.
    Messages request{};
    Messages reply{};
  };
  using Streams = std::map<std::uint64_t, Stream>;

  void say_ready();
  void was_delivered(std::size_t up_to) override;
  void take_frame(const SeenFrame& frame) override;
  void take_request(const SeenFrame& frame);
  void take_part(Stream& stream, const SeenFrame& frame);
  void end(Streams::iterator place);

  CallLedger& ledger_;
  Temper temper_ = Temper::works;
  Streams streams_;
  std::uint32_t concurrency_;
  std::uint64_t last_seen_ = 0;      ///< Stream ids.
  std::uint64_t last_answered_ = 0;  ///< The highest that it has sent something for.
  std::uint64_t refuses_above_ = ~std::uint64_t{0};
  TimePoint started_at_ = now();
  TimePoint told_to_stop_at_ = far_future;
  bool said_ready_ = false;
  bool went_away_ = false;
  bool broke_protocol_ = false;
  bool overstays_ = false;
  bool ends_slowly_ = false;
  bool said_goodbye_ = false;
  std::size_t goodbye_ = 0;       ///< Where its GOAWAY ends among what was written; 0: there is none.
  std::deque<std::size_t> ends_;  ///< The same of each END that the broker does not have yet.
};

}  // namespace plugbroker::sim
