// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "broker_core/base/limits.h"
#include "broker_core/engine/outgoing_stream.h"
#include "broker_core/protocol/messages.h"

namespace plugbroker::engine {

class FrameSpace;
class Relay;

/// What waits to be written to one connection: control frames first, then the streams' frames in turn, one each.
///
/// Gives whole frames only, and DATA only under the peer's credit. A chunk is cut into pieces that the peer's windows
/// can always afford in the end, so a narrow window slows a stream down but never blocks it for good. Empty, it owns no
/// memory.
class OutputQueue {
 public:
  OutputQueue() = default;
  OutputQueue(const OutputQueue&) = delete;
  OutputQueue& operator=(const OutputQueue&) = delete;

  /// After the opening: from now on streams may send, under the peer's limits.
  void open(const protocol::PeerLimits& peer) noexcept;

  void push_control(PayloadStore& store, ByteView frame);
  [[nodiscard]] std::size_t control_bytes() const noexcept { return control_bytes_; }

  /// To be called when the stream got something to send or credit of its own.
  void offer(OutgoingStream& stream) noexcept;
  /// Takes the stream out; it keeps what it has.
  void withdraw(OutgoingStream& stream) noexcept {
    if (stream.place != OutgoingStream::Place::outside) move(stream, OutgoingStream::Place::outside);
  }
  /// Takes the stream out and drops its chunks; its END stays pending as it is.
  void drop_chunks(PayloadStore& store, OutgoingStream& stream) noexcept {
    withdraw(stream);
    stream.chunks.clear(store);
  }

  /// Credit for the connection came. False when it is too much: a protocol error.
  [[nodiscard]] bool add_connection_credit(std::uint32_t credit) noexcept;

  /// True when take() would give something.
  [[nodiscard]] bool has_output() const noexcept { return !control_.empty() || ready_.front() != nullptr; }

  /// Appends whole frames to `buffer`, at most `max_bytes` (at least limits::max_frame_bytes). Returns the bytes
  /// appended. `relay` is told what leaves.
  std::size_t take(PayloadStore& store, Relay& relay, std::vector<std::byte>& buffer, std::size_t max_bytes);

  /// Drops the control frames.
  void clear_control(PayloadStore& store) noexcept;

 private:
  using StreamList = IntrusiveList<OutgoingStream, &OutgoingStream::link>;
  enum class Taken : std::uint8_t { frame, nothing, no_room };

  [[nodiscard]] std::uint32_t next_piece(const OutgoingStream& stream) const noexcept {
    return std::min(stream.chunks.front().payload_len, max_piece_);
  }
  [[nodiscard]] Taken take_from(OutgoingStream& stream, PayloadStore& store, Relay& relay, FrameSpace& space);
  [[nodiscard]] Taken take_end(OutgoingStream& stream, Relay& relay, FrameSpace& space);
  void move(OutgoingStream& stream, OutgoingStream::Place to) noexcept;
  void put_behind(OutgoingStream& stream) noexcept;

  ChunkQueue control_;
  std::size_t control_bytes_ = 0;
  StreamList ready_;
  StreamList starved_;
  protocol::SendWindow window_{0};
  std::uint32_t max_piece_ = limits::max_chunk_bytes;
};

}  // namespace plugbroker::engine
