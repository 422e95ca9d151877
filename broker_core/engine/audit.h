// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "broker_core/engine/engine_state.h"

namespace plugbroker::engine {

/// The lines of the log that say who was let do what, and who was not.
///
///   access_decided   a user and which of the routes he may call: when he connects, and when that has changed
///   access_denied    a call of a route that exists and that its caller may not call
///   quota_exceeded   a session or call that a quota of its user has no room for
///   bad_route        a call of a route whose name cannot be one
///   many_cancels     calls that are cancelled faster than limits::cancel_burst and limits::cancel_interval
///
/// Each names the SID, the process and its program. Bounded for each user by itself, so that nobody can hide what
/// another does: after limits::audit_line_burst at once, one each limits::audit_line_interval, which says how many were
/// left out.
class Audit {
 public:
  explicit Audit(EngineState& state) noexcept : state_(state) {}

  /// The session is open and its routes are known, or known anew.
  void access_decided(const Session& session);
  void access_denied(const Session& session, RouteIndex route);
  /// Also counts it. `session` may not be open yet.
  void quota_exceeded(const Session& session, Caller& caller, std::string_view what);
  void bad_route(const Session& session, std::string_view name);
  /// A call of the session is cancelled by its caller.
  void cancelled(const Session& session);

 private:
  void write(LogLevel level, std::string_view event, const Session& session, Caller& caller, std::string_view what,
             std::string_view route = {});
  [[nodiscard]] std::string decision_text(const std::vector<bool>& allowed) const;

  EngineState& state_;
};

}  // namespace plugbroker::engine
