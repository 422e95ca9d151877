// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>

#include "broker_core/protocol/messages.h"
#include "tests/fuzz/frame_stream.h"

namespace plugbroker::fuzz {

/// Reads along on a client's connection and holds what the client writes against docs/PROTOCOL.md, whatever the server
/// wrote.
class ClientAudit {
 public:
  /// The server wrote this, before the client is given it.
  void server_wrote(ByteView bytes);
  /// One write of the client: whole frames. Returns how many.
  std::size_t client_wrote(ByteView bytes);

 private:
  struct Stream {
    std::uint64_t credit = 0;
    std::uint64_t charged = 0;
    bool in_message = false;
    bool half_closed = false;
    bool cancelled = false;
  };

  void note(const protocol::Frame& frame);
  void check(const protocol::Frame& frame);
  void check_request(const protocol::Frame& frame);
  void check_message(Stream& stream, const protocol::FrameHeader& header);

  protocol::FrameReader from_server_;
  protocol::FrameReader from_client_;
  protocol::PeerLimits limits_;
  bool said_hello_ = false;
  bool was_accepted_ = false;
  std::uint64_t credit_ = 0;
  std::uint64_t charged_ = 0;
  std::uint64_t last_stream_ = 0;
  std::map<std::uint64_t, Stream> streams_;
};

}  // namespace plugbroker::fuzz
