// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/sim/random_peer.h"

namespace plugbroker::sim {

/// A client that makes calls of all kinds, and checks what comes back.
class RandomClient : public RandomPeer {
 public:
  /// `name` is unique in the run; workers have to see `sid` as the caller.
  RandomClient(FakePeer& peer, const Surroundings& around, std::string name, std::string sid)
      : RandomPeer(peer, around), sid_(std::move(sid)), name_(std::move(name)) {}

  void begin();
  void act();
  /// As many calls as its credit allows, at once.
  void flood();
  /// Breaks the protocol: the broker has to close the connection, and nothing else.
  void break_protocol();

  /// Streams whose REQUEST was delivered and that have no END.
  [[nodiscard]] std::vector<std::uint64_t> open_streams() const;
  /// Of these, one whose deadline has passed; 0: none.
  [[nodiscard]] std::uint64_t overdue_stream() const;
  [[nodiscard]] const std::map<StatusCode, int>& outcomes() const { return outcomes_; }
  [[nodiscard]] const std::string& sid() const { return sid_; }
  [[nodiscard]] bool opened() const { return opened_; }
  /// Without an END so far, also those whose REQUEST was not delivered yet.
  [[nodiscard]] std::uint64_t calls() const { return streams_.size(); }
  [[nodiscard]] std::uint64_t ends() const { return ended_.size(); }
  /// Of these, by quotas.max_calls.
  [[nodiscard]] std::uint64_t calls_refused_by_quota() const { return calls_refused_by_quota_; }
  /// It has no session, by quotas.max_sessions.
  [[nodiscard]] bool refused_by_quota() const { return refused_by_quota_; }

 private:
  struct Stream {
    StreamCredit credit{};
    Messages request{};
    std::size_t messages = 1;     ///< It will send.
    std::size_t left = 0;         ///< Of the message at hand.
    bool closes_with_it = false;  ///< END_STREAM comes with the last message, not after it.
    bool sent_all = false;
    Duration allowed{};               ///< From the REQUEST's delivery to its deadline.
    TimePoint deadline = far_future;  ///< Once its REQUEST was delivered.
    Messages reply{};
  };
  using Streams = std::map<std::uint64_t, Stream>;

  [[nodiscard]] std::string some_route();
  void start_call();
  /// Flags and payload of the stream's next frame; nothing when it lacks credit.
  [[nodiscard]] std::optional<std::pair<std::uint16_t, std::string>> next_part(Stream& stream);
  void go_on_with(std::uint64_t id, Stream& stream);
  void was_delivered(std::size_t up_to) override;
  void take_frame(const SeenFrame& frame) override;
  void take_end(const SeenFrame& frame);
  void take_data(const SeenFrame& frame);
  [[nodiscard]] std::size_t message_size();

  std::string sid_;
  std::string name_;
  Streams streams_;
  std::set<std::uint64_t> ended_;
  std::deque<std::pair<std::size_t, std::uint64_t>> requests_;  ///< Where they end among what was written; streams.
  std::vector<SeenFrame> delayed_ends_;
  std::uint64_t last_stream_ = 0;
  bool opened_ = false;
  bool has_spoiled_ = false;  ///< The sabotage that happens once has happened.
  std::map<StatusCode, int> outcomes_;
  std::uint64_t calls_refused_by_quota_ = 0;
  bool refused_by_quota_ = false;
};

}  // namespace plugbroker::sim
