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
///
/// Each names the SID. Bounded for each user by itself, so that nobody can hide what another does: after
/// limits::audit_line_burst at once, one each limits::audit_line_interval, which says how many were left out.
class Audit {
 public:
  explicit Audit(EngineState& state) noexcept : state_(state) {}

  /// The session is open and its routes are known, or known anew.
  void access_decided(const Session& session);
  void access_denied(const Session& session, RouteIndex route);
  /// Also counts it. `session` may not be open yet.
  void quota_exceeded(const Session& session, Caller& caller, std::string_view what);

 private:
  void write(LogLevel level, std::string_view event, const Session& session, Caller& caller, std::string_view what,
             std::string_view route = {});
  [[nodiscard]] std::string decision_text(const std::vector<bool>& allowed) const;

  EngineState& state_;
};

}  // namespace plugbroker::engine
