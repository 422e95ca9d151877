// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "broker_core/protocol/credit.h"
#include "broker_core/protocol/frame_writer.h"
#include "broker_core/protocol/messages.h"
#include "tests/fuzz/frame_stream.h"

namespace plugbroker::fuzz {

/// A client or a worker that keeps to docs/PROTOCOL.md. What it wants to write gathers in `outgoing`.
class HonestPeer {
 public:
  explicit HonestPeer(protocol::Role role);

  std::vector<std::byte> outgoing;

  /// Does one thing that it may do now: begins or goes on with a call, cancels, answers. Nothing when it may do
  /// nothing.
  void act(FuzzInput& input);
  /// What the broker wrote.
  void take(const std::vector<OwnedFrame>& frames);

  [[nodiscard]] bool opened() const noexcept { return opened_; }
  [[nodiscard]] bool is_client() const noexcept { return role_ == protocol::Role::client; }
  /// Calls that this client made and that have no END, or that this worker was given and has not ended.
  [[nodiscard]] std::size_t open_calls() const noexcept { return streams_.size(); }

 private:
  struct Stream {
    protocol::SendWindow send{0};
    protocol::ReceiveWindow receive{protocol::PeerLimits{}.stream_window};
    bool in_message = false;
    bool half_closed = false;  ///< This peer sends no more DATA.
  };

  void begin_call(FuzzInput& input);
  void go_on(FuzzInput& input, std::uint64_t id, Stream& stream);
  void answer(FuzzInput& input, std::uint64_t id, Stream& stream);
  static void note_flags(Stream& stream, std::uint16_t flags) noexcept;
  void take_frame(const OwnedFrame& frame);
  void receive_payload(std::uint64_t id, const protocol::FrameHeader& header);
  /// The payload of the next frame: at most `wanted` bytes, within all credit.
  [[nodiscard]] std::vector<std::byte> spend(Stream& stream, std::size_t wanted);
  [[nodiscard]] bool may_send(const Stream& stream) const noexcept;

  protocol::Role role_;
  bool opened_ = false;
  bool told_to_go_ = false;
  protocol::PeerLimits broker_;
  protocol::SendWindow send_{0};
  protocol::ReceiveWindow receive_{protocol::PeerLimits{}.connection_window};
  std::uint64_t last_stream_ = 0;
  std::map<std::uint64_t, Stream> streams_;
};

}  // namespace plugbroker::fuzz
