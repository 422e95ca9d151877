// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "broker_core/base/strong_id.h"
#include "client_lib/core/call_list.h"
#include "client_lib/core/call_types.h"
#include "client_lib/core/incoming_messages.h"
#include "client_lib/core/outgoing_request.h"

namespace plugbroker::client {

enum class CallKind : std::uint8_t {
  unary,     ///< One message each way.
  stream,    ///< Any number of messages each way.
  readiness  ///< Nothing is sent: it ends once there is a connection.
};

/// One call: what its owner asks for, what has come of it, and its place in the ClientSession that runs it.
///
/// The owner keeps it where it is from ClientSession::submit() until it has ended, or was taken back by forget(). The
/// session and its connections hold pointers to it and allocate nothing for it.
class Call {
 public:
  enum class Stage : std::uint8_t {
    idle,         ///< Not submitted.
    waiting,      ///< For a connection that takes it.
    backing_off,  ///< To be sent again, later.
    unsent,       ///< On a connection; no byte of it was handed to a write.
    sent,
    ended
  };

  /// `result` is where the outcome goes; it lives as long as this.
  explicit Call(CallOutcome& result) noexcept : outcome(result) {}
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  // What the owner sets before submit().
  CallKind kind = CallKind::unary;
  CallHead head;
  TimePoint deadline;
  std::uint32_t retries = 0;    ///< How often it may be sent again after a failure that allows it.
  bool wait_for_ready = false;  ///< Waits for a connection as long as waiting can help.
  void* owner = nullptr;        ///< For the owner alone.
  OutgoingRequest request;

  // What comes of it.
  CallOutcome& outcome;    ///< Final once ended(). Of a unary call the reply gathers in its data.
  IncomingMessages reply;  ///< Of a stream: the messages not yet taken.

  [[nodiscard]] Stage stage() const noexcept { return stage_; }
  [[nodiscard]] bool ended() const noexcept { return stage_ == Stage::ended; }

 private:
  friend class ClientConnection;
  friend class ClientSession;
  friend class CallTimers;

  Stage stage_ = Stage::idle;
  bool reply_started_ = false;   ///< A byte or a message of the reply has come.
  bool reply_complete_ = false;  ///< Of a unary call: its message is whole. Of a stream: no message is begun.
  std::uint64_t number_ = 0;     ///< The order of submission.
  std::uint64_t stream_ = 0;     ///< While sent.
  ConnectionId connection_;      ///< While unsent or sent.
  TimePoint timer_;
  std::size_t timer_index_ = 0;  ///< 0: none.

 public:
  // For CallList; not for the owner.
  CallHook place;    ///< Waiting, unsent, or with something to send.
  CallHook changed;  ///< With news for the owner.
};

/// What a call may take.
struct CallLimits {
  Duration timeout{0};
  std::uint32_t retries = 0;
  bool wait_for_ready = false;

  void apply(Call& call) const noexcept {
    call.retries = retries;
    call.wait_for_ready = wait_for_ready;
  }
};

using PlaceList = CallList<&Call::place>;
using ChangedList = CallList<&Call::changed>;

}  // namespace plugbroker::client
