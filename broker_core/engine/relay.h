// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker_core/engine/audit.h"
#include "broker_core/engine/outcomes.h"
#include "broker_core/protocol/frame_reader.h"

namespace plugbroker::engine {

/// Carries payload between a session and a worker, under both sides' credit and limits.
///
/// Connection credit goes back when a frame was read, whatever becomes of it; stream credit when the bytes left through
/// the other connection. Functions that take a frame answer a Status that is not ok for a protocol error of its sender.
class Relay : public StreamEvents {
 public:
  Relay(EngineState& state, Outcomes& outcomes, Audit& audit) noexcept
      : state_(state), outcomes_(outcomes), audit_(audit) {}

  /// Counts a REQUEST or DATA against the connection's credit and returns it.
  Status take_connection_credit(Connection& connection, const protocol::FrameHeader& header);

  /// DATA from a client; dropped when its call has ended.
  Status request_data(Session& session, const protocol::Frame& data);
  /// CANCEL from a client; harmless when its call has ended.
  Status cancel(Session& session, const protocol::Frame& frame);

  /// DATA from a worker; dropped when the client is not waiting for it any more.
  Status reply_data(Worker& worker, const protocol::Frame& data);
  /// END from a worker.
  Status reply_end(Worker& worker, const protocol::Frame& end);

  // StreamEvents, while output is taken.
  [[nodiscard]] std::uint64_t open_stream(OutgoingStream& stream) override;
  void bytes_left(OutgoingStream& stream, std::uint32_t charge) override;
  [[nodiscard]] protocol::EndMeta end_of(const OutgoingStream& stream) const override;
  void end_left(OutgoingStream& stream) override;

 private:
  void accept(Call& call);
  [[nodiscard]] bool has_room(Call& call, const ChunkQueue& queue, std::size_t payload_bytes);

  EngineState& state_;
  Outcomes& outcomes_;
  Audit& audit_;
};

}  // namespace plugbroker::engine
