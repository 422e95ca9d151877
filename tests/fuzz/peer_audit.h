// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <vector>

#include "broker_core/protocol/frame_table.h"
#include "broker_core/protocol/messages.h"
#include "tests/fuzz/frame_stream.h"

namespace plugbroker::fuzz {

/// Reads along on one connection and holds what the broker writes against docs/PROTOCOL.md, whatever the peer wrote.
class PeerAudit {
 public:
  explicit PeerAudit(protocol::Role peer) : peer_(peer) {}

  /// The peer wrote this, before anything that the broker answers to it is shown to broker_wrote().
  void peer_wrote(ByteView bytes);
  /// One write of the broker: whole frames. Returns them.
  std::vector<OwnedFrame> broker_wrote(ByteView bytes);

  /// Streams that the client opened and that have no END.
  [[nodiscard]] std::vector<std::uint64_t> unended() const;

 private:
  struct Stream {
    std::uint64_t credit = 0;
    std::uint64_t charged = 0;
    bool in_message = false;
    bool half_closed = false;  ///< Of a worker's stream: the broker sends no more.
    bool ended = false;
  };

  void note(const protocol::Frame& frame);
  void check(const protocol::Frame& frame);
  void check_request(const protocol::FrameHeader& header);
  void check_message(const protocol::FrameHeader& header);
  void check_end(const protocol::Frame& frame);
  void charge(const protocol::FrameHeader& header);

  protocol::Role peer_;
  protocol::FrameReader from_peer_;
  protocol::FrameReader from_broker_;
  protocol::PeerLimits limits_;
  std::uint64_t credit_ = 0;
  std::uint64_t charged_ = 0;
  bool said_hello_ = false;
  bool said_ready_ = false;
  bool was_answered_ = false;
  bool was_refused_ = false;
  bool told_to_go_ = false;
  std::uint64_t last_stream_ = 0;
  std::uint32_t concurrency_ = 0;
  std::map<std::uint64_t, Stream> streams_;
};

}  // namespace plugbroker::fuzz
