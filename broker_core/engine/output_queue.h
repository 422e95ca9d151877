// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "broker_core/base/limits.h"
#include "broker_core/engine/outgoing_stream.h"
#include "broker_core/protocol/messages.h"

namespace plugbroker::engine {

/// What an OutputQueue tells about and asks of the streams in it while their frames leave.
class StreamEvents {
 public:
  virtual ~StreamEvents() = default;

  /// The REQUEST of this stream is about to leave: gives it its stream id and returns the deadline to send, in µs.
  [[nodiscard]] virtual std::uint64_t open_stream(OutgoingStream& stream) = 0;

  /// `charge` of what had come in for this stream left: its payload bytes, and the frame's own charge with its last
  /// byte.
  virtual void bytes_left(OutgoingStream& stream, std::uint32_t charge) = 0;

  /// The END to send.
  [[nodiscard]] virtual protocol::EndMeta end_of(const OutgoingStream& stream) const = 0;

  /// END left; the stream is in no queue any more and may be destroyed.
  virtual void end_left(OutgoingStream& stream) = 0;
};

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
  void withdraw(OutgoingStream& stream) noexcept { move(stream, OutgoingStream::Place::outside); }
  /// Takes the stream out and drops its chunks; its END stays pending as it is.
  void drop_chunks(PayloadStore& store, OutgoingStream& stream) noexcept;

  /// Credit for the connection came. False when it is too much: a protocol error.
  [[nodiscard]] bool add_connection_credit(std::uint32_t credit) noexcept;

  /// True when take() would give something.
  [[nodiscard]] bool has_output() const noexcept { return !control_.empty() || ready_.front() != nullptr; }

  /// Appends whole frames to `buffer`, at most `max_bytes` (at least limits::max_frame_bytes). Returns the bytes
  /// appended.
  std::size_t take(PayloadStore& store, StreamEvents& events, std::vector<std::byte>& buffer, std::size_t max_bytes);

  /// Drops the control frames.
  void clear_control(PayloadStore& store) noexcept;

 private:
  using StreamList = IntrusiveList<OutgoingStream, &OutgoingStream::link>;
  enum class Taken : std::uint8_t { frame, nothing, no_room };

  [[nodiscard]] std::uint32_t next_piece(const OutgoingStream& stream) const noexcept;
  [[nodiscard]] bool affordable_by_stream(const OutgoingStream& stream) const noexcept;
  [[nodiscard]] Taken take_from(OutgoingStream& stream, PayloadStore& store, StreamEvents& events,
                                std::vector<std::byte>& buffer, std::size_t room);
  [[nodiscard]] Taken take_end(OutgoingStream& stream, StreamEvents& events, std::vector<std::byte>& buffer,
                               std::size_t room);
  void move(OutgoingStream& stream, OutgoingStream::Place to) noexcept;

  ChunkQueue control_;
  std::size_t control_bytes_ = 0;
  StreamList ready_;
  StreamList starved_;
  protocol::SendWindow window_{0};
  std::uint32_t max_piece_ = limits::max_chunk_bytes;
};

}  // namespace plugbroker::engine
