// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker_core/engine/audit.h"
#include "broker_core/engine/control_sender.h"
#include "broker_core/engine/offence.h"
#include "broker_core/engine/outcomes.h"
#include "broker_core/protocol/frame_reader.h"

namespace plugbroker::engine {

/// Carries payload between a session and a worker, under both sides' credit and limits.
///
/// Connection credit goes back when a frame was read, whatever becomes of it; stream credit when the bytes left through
/// the other connection.
class Relay {
 public:
  Relay(EngineState& state, Outcomes& outcomes, Audit& audit) noexcept
      : state_(state), outcomes_(outcomes), audit_(audit) {}

  /// Counts a REQUEST or DATA against the connection's credit and returns it.
  Offence take_connection_credit(Connection& connection, const protocol::FrameHeader& header) {
    const std::uint32_t charge = protocol::frame_charge(header.payload_len);
    if (!connection.receive_window.receive(charge)) return "more was sent than the connection's credit";
    if (const std::uint32_t due = connection.receive_window.release(charge)) send_window(state_, connection, 0, due);
    return {};
  }

  /// DATA from a client; dropped when its call has ended.
  Offence request_data(Session& session, const protocol::Frame& data);
  /// CANCEL from a client; harmless when its call has ended.
  Offence cancel(Session& session, const protocol::Frame& frame);

  /// DATA from a worker; dropped when the client is not waiting for it any more.
  Offence reply_data(Worker& worker, const protocol::Frame& data);
  /// END from a worker.
  Offence reply_end(Worker& worker, const protocol::Frame& end);

  // What an OutputQueue tells and asks while frames of its streams leave.

  /// The REQUEST of this stream is about to leave: gives it its stream id and returns the deadline to send, in µs.
  [[nodiscard]] std::uint64_t open_stream(OutgoingStream& stream);
  /// `charge` of what had come in for this stream left: its payload bytes, and the frame's own charge with its last
  /// byte.
  void bytes_left(OutgoingStream& stream, std::uint32_t charge);
  /// END left; the stream is in no queue any more and may be destroyed.
  void end_left(OutgoingStream& stream) { outcomes_.delivered(*stream.call); }

 private:
  void accept(Call& call);
  [[nodiscard]] bool has_room(Call& call, const ChunkQueue& queue, std::size_t payload_bytes);

  EngineState& state_;
  Outcomes& outcomes_;
  Audit& audit_;
};

}  // namespace plugbroker::engine
