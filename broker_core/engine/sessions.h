// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "broker_core/engine/admission.h"
#include "broker_core/engine/audit.h"
#include "broker_core/engine/events.h"
#include "broker_core/engine/relay.h"

namespace plugbroker::engine {

/// The life of plugin connections, from ClientConnected to ConnectionClosed, and what their frames mean.
class Sessions {
 public:
  struct Rooms {
    Outcomes& outcomes;
    Admission& admission;
    Relay& relay;
    Audit& audit;
  };

  Sessions(EngineState& state, Rooms rooms) noexcept : state_(state), rooms_(rooms) {}

  void connected(const ClientConnected& event);
  void received(Session& session, ByteView bytes);
  void identified(Session& session, const CallerIdentified& event);
  /// Destroys the session.
  void closed(Session& session, std::string_view reason);
  void hello_timed_out(Session& session);

  /// Too many control frames wait for a peer that doesn't read.
  void end_overloaded(Session& session);

  /// The broker stops: says so to an open session, which closes when its calls have ended.
  void drain(Session& session);
  /// Closes a draining session whose calls have ended. Harmless for any other.
  void close_if_drained(Session& session);
  /// Closes at once; calls whose END still waits get it as far as the peer reads.
  void close(Session& session);

 private:
  Status handle(Session& session, const protocol::Frame& frame);
  Status handle_goaway(Session& session, const protocol::Frame& frame);
  void identified_again(Session& session, const CallerIdentified& event);
  void open(Session& session, Caller& caller, const CallerIdentified& event);
  Status handle_hello(Session& session, const protocol::Frame& frame);
  [[nodiscard]] Status reason_to_refuse(const Result<protocol::Hello>& hello) const;
  void refuse(Session& session, const protocol::HelloAck& refusal);
  void send_refusal(Session& session, const protocol::HelloAck& refusal);
  void protocol_error(Session& session, std::string_view message);
  void begin_closing(Session& session);

  EngineState& state_;
  Rooms rooms_;
};

}  // namespace plugbroker::engine
