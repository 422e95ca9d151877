// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "broker_core/base/strong_id.h"
#include "broker_core/engine/output_queue.h"
#include "broker_core/protocol/credit.h"
#include "broker_core/protocol/frame_reader.h"
#include "broker_core/protocol/messages.h"

namespace plugbroker::engine {

struct Session;
struct Worker;

/// What every pipe connection has, a plugin's and a worker's channel alike: a reader, credit and an output queue.
struct Connection {
  ConnectionId id;
  Session* session = nullptr;  ///< Exactly one of these two is set.
  Worker* worker = nullptr;

  protocol::FrameReader reader;
  protocol::ReceiveWindow receive_window{0};  ///< Of the connection; never grows.
  protocol::WindowGrowth window_growth;       ///< Of its streams' windows.
  protocol::PeerLimits peer;                  ///< After HELLO.
  std::uint64_t last_stream = 0;              ///< The highest stream id opened by the caller of this connection.
  OutputQueue output;

  bool output_announced = false;  ///< OutputReady was given and take_output() has not said 0 since.
  bool overloaded = false;        ///< Too many control frames wait; the connection is about to be ended.
  bool closing = false;           ///< CloseConnection was given; the engine takes no more bytes.
};

}  // namespace plugbroker::engine
