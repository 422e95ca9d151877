// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/quota_checks.h"

#include "broker_core/engine/milliseconds_text.h"

namespace plugbroker::engine {

Status admit_session(const EngineState& state, Caller& caller) {
  const QuotaConfig& quotas = state.config.quotas;
  if (!caller.hellos.take(state.now)) {
    return {StatusCode::resource_exhausted,
            "the sessions of this user are opened faster than quotas.hello_rate allows, " +
                std::to_string(quotas.hello_rate) + " a second; try again in " +
                milliseconds_text(caller.hellos.wait(state.now))};
  }
  if (caller.sessions >= quotas.max_sessions) {
    return {StatusCode::resource_exhausted, "this user has " + std::to_string(caller.sessions) +
                                                " sessions, as many as quotas.max_sessions allows; try again when one "
                                                "of them has closed"};
  }
  return {};
}

std::string call_refusal(const EngineState& state, const Caller& caller) {
  if (caller.calls < state.config.quotas.max_calls) return {};
  return "this user has " + std::to_string(caller.calls) + " calls at once, as many as quotas.max_calls allows";
}

std::string memory_refusal(const EngineState& state, const Caller& caller, std::size_t bytes) {
  if (bytes == 0) return {};
  const std::uint64_t held = caller.memory.total() + bytes;
  const std::uint64_t quota = state.config.quotas.max_queued_bytes;
  if (held > quota) {
    return "the sessions of this user hold " + std::to_string(caller.memory.total()) +
           " bytes of requests and unread replies: quotas.max_queued_bytes, " + std::to_string(quota) +
           ", has no room for more";
  }
  const std::uint64_t all_held = state.sessions.callers().memory().total() + bytes;
  const std::uint64_t bound = state.config.max_queued_bytes;
  const std::uint64_t left = bound > all_held ? bound - all_held : 0;
  if (held <= left) return {};
  return "requests and unread replies of all users are near limits.max_queued_bytes, and this user's sessions hold as "
         "much as is still free";
}

}  // namespace plugbroker::engine
