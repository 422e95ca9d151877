// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/audit.h"

#include <utility>

namespace plugbroker::engine {

void Audit::access_decided(const Session& session) {
  Caller& caller = *session.caller;
  if (caller.audited && caller.audited_routes == session.allowed_routes) return;
  caller.audited = true;
  caller.audited_routes = session.allowed_routes;
  write(LogLevel::information, "access_decided", session, caller, decision_text(session.allowed_routes));
}

void Audit::access_denied(const Session& session, RouteIndex route) {
  write(LogLevel::warning, "access_denied", session, *session.caller, "may not call it", state_.routes.name(route));
}

void Audit::quota_exceeded(const Session& session, Caller& caller, std::string_view what) {
  ++caller.refused;
  ++state_.quota_refusals;
  write(LogLevel::warning, "quota_exceeded", session, caller, what);
}

void Audit::bad_route(const Session& session, std::string_view name) {
  write(LogLevel::warning, "bad_route", session, *session.caller,
        "calls a route whose name is not valid: " + std::string{name});
}

void Audit::cancelled(const Session& session) {
  if (session.caller->cancels.take(state_.now)) return;
  write(LogLevel::warning, "many_cancels", session, *session.caller,
        "cancels calls faster than " + std::to_string(Duration{std::chrono::seconds{1}} / limits::cancel_interval) +
            " a second");
}

void Audit::write(LogLevel level, std::string_view event, const Session& session, Caller& caller, std::string_view what,
                  std::string_view route) {
  if (!caller.audit_lines.take(state_.now)) {
    ++caller.lines_left_out;
    return;
  }
  std::string text = caller.sid;
  if (!caller.account.empty()) text.append(" (").append(caller.account).append(")");
  text.append(", process ").append(std::to_string(session.process_id)).append(": ").append(what);
  if (const std::uint64_t left_out = std::exchange(caller.lines_left_out, 0); left_out != 0) {
    text.append("; ")
        .append(std::to_string(left_out))
        .append(" lines like this about the same user were left out before");
  }
  LogSubject subject = subject_of(session);
  subject.route = route;
  subject.sid = caller.sid;
  state_.log(level, event, std::move(text), subject);
}

std::string Audit::decision_text(const std::vector<bool>& allowed) const {
  std::size_t all = 0;
  std::size_t may = 0;
  std::string names;
  for (RouteIndex route = 0; route < state_.routes.size(); ++route) {
    if (!state_.routes.has_pool(route)) continue;
    ++all;
    if (route >= allowed.size() || !allowed[route]) continue;
    if (++may > limits::max_audited_routes) continue;
    names.append(may == 1 ? "" : ", ").append(state_.routes.name(route));
  }
  const std::string total = std::to_string(all);
  if (may == 0) return "may call none of the " + total + " routes";
  if (may == all) return "may call all " + total + " routes";
  std::string text = "may call " + std::to_string(may) + " of the " + total + " routes: " + names;
  if (may > limits::max_audited_routes) text += " …";
  return text;
}

}  // namespace plugbroker::engine
