// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "broker_core/runtime/transport.h"

namespace plugbroker::test {

/// A Transport whose peers are the test. Reports what the test queued, on the next wait().
class FakeTransport final : public runtime::Transport {
 public:
  struct Close {
    ConnectionId connection;
    Duration linger{};
  };

  // What peers do.
  ConnectionId connect(std::uint32_t process_id = 1000);
  ConnectionId attach(std::uint32_t process_id = 2000);
  /// A connection that nobody announces: a worker's channel.
  ConnectionId adopt();
  void send(ConnectionId connection, std::vector<std::byte> bytes);
  void peer_closes(ConnectionId connection);
  /// Ends the outstanding write, when writes don't end by themselves.
  void complete_write(ConnectionId connection);

  // How it behaves.
  bool completes_writes = true;  ///< On the next wait().
  bool completes_closes = true;

  // What was asked of it.
  [[nodiscard]] std::vector<std::byte> take_written(ConnectionId connection);
  [[nodiscard]] bool write_outstanding(ConnectionId connection) const { return writing_.contains(connection); }
  [[nodiscard]] const std::vector<Close>& closes() const { return closes_; }
  [[nodiscard]] std::size_t largest_write() const { return largest_write_; }
  [[nodiscard]] int writes() const { return writes_; }
  /// Writes that were started while another one was outstanding: must stay 0.
  [[nodiscard]] int overlapping_writes() const { return overlapping_writes_; }
  [[nodiscard]] TimePoint last_until() const { return last_until_; }
  [[nodiscard]] int wakes() const { return wakes_; }
  [[nodiscard]] bool listening() const { return listening_; }

  // Transport
  void wait(TimePoint until, runtime::TransportSink& sink) override;
  void wake() override { ++wakes_; }
  void write(ConnectionId connection, std::vector<std::byte> bytes) override;
  std::vector<std::byte> recycle_buffer() override { return {}; }
  void close(ConnectionId connection, Duration linger) override;
  void stop_listening() override { listening_ = false; }

 private:
  using Report = std::function<void(runtime::TransportSink&)>;

  std::deque<Report> reports_;
  std::set<ConnectionId> open_;
  std::set<ConnectionId> writing_;
  std::map<ConnectionId, std::vector<std::byte>> written_;
  std::vector<Close> closes_;
  std::uint64_t last_id_ = 0;
  std::size_t largest_write_ = 0;
  int writes_ = 0;
  int overlapping_writes_ = 0;
  int wakes_ = 0;
  bool listening_ = true;
  TimePoint last_until_{};
};

}  // namespace plugbroker::test
