// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "broker_core/base/status.h"

namespace plugbroker::client {

/// Why there is no connection.
enum class ConnectFailureKind : std::uint8_t {
  not_installed,       ///< No such pipe, and no service of that name.
  stopped,             ///< No such pipe, and the service is stopped, paused or stopping.
  starting,            ///< No such pipe yet: the service is starting.
  unreachable,         ///< No such pipe, although the service runs, or nothing can be said of the service.
  busy,                ///< The pipe is there, and all its instances are taken at the moment.
  access_denied,       ///< Windows does not let this user open the pipe.
  wrong_owner,         ///< The pipe belongs to nobody who is trusted; nothing was sent to it.
  not_our_peer,        ///< What answers is no PlugBroker.
  refused,             ///< The service answered and refused; the code is its own.
  lost_while_opening,  ///< The connection ended, or nothing was answered in time.
  system_error         ///< Any other Windows error.
};

/// How a client acts on a failure. One row for each kind, in the order of the enumerators.
struct ConnectFailureRule {
  ConnectFailureKind kind;
  StatusCode code;  ///< That a call ends with; of `refused` the service's own code counts.
  RetryClass retry;
  std::uint32_t
      attempts;   ///< After so many failures in a row the waiting calls end; 0: they wait until their deadline.
  bool mendable;  ///< wait_for_ready keeps waiting.
};

[[nodiscard]] const ConnectFailureRule& rule_of(ConnectFailureKind kind) noexcept;

/// One failed attempt to connect.
struct ConnectFailure {
  ConnectFailureKind kind = ConnectFailureKind::system_error;
  std::string message;                        ///< For people.
  StatusCode refusal = StatusCode::internal;  ///< Only of `refused`.

  [[nodiscard]] StatusCode code() const noexcept;
  [[nodiscard]] RetryClass retry() const noexcept;
  /// True when waiting can't help: wait_for_ready ends at once.
  [[nodiscard]] bool final() const noexcept;
  [[nodiscard]] Origin origin() const noexcept;
};

}  // namespace plugbroker::client
