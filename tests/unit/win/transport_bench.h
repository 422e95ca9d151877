// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "broker_core/win/awake_clock.h"
#include "broker_core/win/iocp_transport.h"
#include "broker_core/win/service_sid.h"
#include "tests/unit/runtime/fakes/recorded_log.h"
#include "tests/unit/win/pipe_client.h"
#include "tests/unit/win/test_guard.h"

namespace plugbroker::test {

/// Remembers what a transport reports.
class RecordingSink final : public runtime::TransportSink {
 public:
  void connected(ConnectionId connection, std::uint32_t process_id) override {
    connections.push_back(connection);
    process_ids.push_back(process_id);
  }
  void attached(ConnectionId connection, std::uint32_t process_id) override {
    attached_connections.push_back(connection);
    process_ids.push_back(process_id);
  }
  void received(ConnectionId connection, ByteView bytes) override {
    text[connection] += as_text(bytes);
    if (on_received) on_received(connection, bytes);
  }
  void write_completed(ConnectionId connection) override { ++writes_completed[connection]; }
  void closed(ConnectionId connection, std::string_view reason) override {
    EXPECT_FALSE(reasons.contains(connection)) << "closed is reported once";
    reasons[connection] = reason;
  }
  void woken() override { ++wakes; }

  std::vector<ConnectionId> connections;
  std::vector<ConnectionId> attached_connections;
  std::vector<std::uint32_t> process_ids;
  std::map<ConnectionId, std::string> text;
  std::map<ConnectionId, int> writes_completed;
  std::map<ConnectionId, std::string> reasons;
  std::function<void(ConnectionId, ByteView)> on_received;
  int wakes = 0;
};

[[nodiscard]] inline std::vector<std::byte> bytes_of(std::string_view text) {
  const ByteView view = as_byte_view(text);
  return {view.begin(), view.end()};
}

/// A transport on a name of its own, served by the test's thread.
class TransportBench : public testing::Test {
 protected:
  TransportBench();

  /// Serves the transport until `done`; fails the test when that never happens.
  void serve_until(const std::function<bool()>& done);
  /// Serves until the transport has nothing to report for a while: for what must not happen.
  void serve_a_while();
  /// A client that the transport has accepted; its connection.
  ConnectionId accept(const PipeClient& client);
  void send(ConnectionId connection, std::string_view text) { transport_->write(connection, bytes_of(text)); }

  const std::wstring name_ = unique_pipe_name();
  win::AwakeClock clock_;
  RecordedLog log_;
  RecordingSink sink_;
  std::unique_ptr<win::IocpTransport> transport_;
};

}  // namespace plugbroker::test
