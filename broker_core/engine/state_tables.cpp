// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/state_tables.h"

namespace plugbroker::engine {
namespace {

template <typename Enum, std::size_t count>
constexpr std::string_view name_of(Enum value, const std::array<std::string_view, count>& names) noexcept {
  const auto index = static_cast<std::size_t>(value);
  return index < count ? names[index] : "unrecognised";
}

constexpr std::array<std::string_view, session_states> session_state_names{"awaiting_hello", "identifying", "open",
                                                                           "draining", "closing"};
constexpr std::array<std::string_view, session_happenings> session_happening_names{"hello_read", "identified",
                                                                                   "goaway_sent", "close_asked"};
constexpr std::array<std::string_view, worker_states> worker_state_names{"starting", "ready", "busy", "draining",
                                                                         "gone"};
constexpr std::array<std::string_view, worker_happenings> worker_happening_names{
    "ready_received", "call_given", "call_ended", "last_call_ended", "drain_begun", "process_gone"};
constexpr std::array<std::string_view, call_states> call_state_names{"accepted", "waiting",   "assigned", "running",
                                                                     "answered", "abandoned", "ended",    "gone"};
constexpr std::array<std::string_view, call_happenings> call_happening_names{
    "queued",       "worker_chosen", "given_back", "first_byte_out",  "refused",
    "worker_ended", "worker_lost",   "repeated",   "outcome_decided", "delivered"};
constexpr std::array<std::string_view, 4> broker_state_names{"starting", "running", "stopping", "stopped"};

constexpr std::array<std::string_view, recycle_reasons> recycle_reason_names{
    "calls", "age", "memory", "schedule", "files_changed", "configuration", "operator"};
constexpr std::array<std::string_view, breaker_states> breaker_state_names{"closed", "open", "half_open"};
constexpr std::array<std::string_view, breaker_happenings> breaker_happening_names{
    "limit_reached", "probe_begun", "probe_proved", "probe_failed", "probe_gone", "closed_by_hand"};

}  // namespace

std::string_view to_string(SessionState state) noexcept {
  return name_of(state, session_state_names);
}
std::string_view to_string(SessionHappening happening) noexcept {
  return name_of(happening, session_happening_names);
}
std::string_view to_string(WorkerState state) noexcept {
  return name_of(state, worker_state_names);
}
std::string_view to_string(WorkerHappening happening) noexcept {
  return name_of(happening, worker_happening_names);
}
std::string_view to_string(CallState state) noexcept {
  return name_of(state, call_state_names);
}
std::string_view to_string(CallHappening happening) noexcept {
  return name_of(happening, call_happening_names);
}
std::string_view to_string(BreakerHappening happening) noexcept {
  return name_of(happening, breaker_happening_names);
}
std::string_view to_string(BrokerState state) noexcept {
  return name_of(state, broker_state_names);
}
std::string_view to_string(RecycleReason reason) noexcept {
  return name_of(reason, recycle_reason_names);
}
std::string_view to_string(BreakerState state) noexcept {
  return name_of(state, breaker_state_names);
}

}  // namespace plugbroker::engine
