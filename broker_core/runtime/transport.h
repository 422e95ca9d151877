// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker_core/base/bytes.h"
#include "broker_core/base/strong_id.h"
#include "broker_core/base/time.h"

namespace plugbroker::runtime {

/// What a Transport reports, always from inside Transport::wait(), on the loop's thread.
class TransportSink {
 public:
  virtual ~TransportSink() = default;

  virtual void connected(ConnectionId connection, std::uint32_t process_id) = 0;
  /// A worker that its author started has connected. Only a transport that was opened to be attached to reports this.
  virtual void attached(ConnectionId /*connection*/, std::uint32_t /*process_id*/) {}
  /// `bytes` is valid during the call. The transport goes on reading by itself.
  virtual void received(ConnectionId connection, ByteView bytes) = 0;
  virtual void write_completed(ConnectionId connection) = 0;
  /// The last report of a connection.
  virtual void closed(ConnectionId connection, std::string_view reason) = 0;
  /// wake() was called since the last wait().
  virtual void woken() = 0;
};

/// The broker's pipes: listens, reads and writes, all of it on the thread that calls wait().
///
/// One of the two operating-system interfaces of the runtime; the other is ProcessHost. Connection ids are never
/// reused.
class Transport {
 public:
  virtual ~Transport() = default;

  /// Waits for something to report or until `until` (far_future: no limit), then reports a bounded batch.
  virtual void wait(TimePoint until, TransportSink& sink) = 0;

  /// Makes a running or the next wait() return. From any thread.
  virtual void wake() = 0;

  /// Starts one write. MUST NOT be called while another one is outstanding on the connection. write_completed() or
  /// closed() follows. The transport owns `bytes` until then, and gives the buffer's memory back through
  /// recycle_buffer().
  virtual void write(ConnectionId connection, std::vector<std::byte> bytes) = 0;

  /// An empty buffer, with memory of an earlier write when there is one.
  virtual std::vector<std::byte> recycle_buffer() = 0;

  /// Lets an outstanding write end and the peer close first, but waits at most `linger`; what comes in meanwhile is
  /// dropped. closed() follows. Harmless on a closed connection.
  virtual void close(ConnectionId connection, Duration linger) = 0;

  /// No new connections from now on; pending instances are closed.
  virtual void stop_listening() = 0;
};

}  // namespace plugbroker::runtime
