// SPDX-License-Identifier: Apache-2.0
#include "service/service_status.h"

#include <array>
#include <optional>

#include "service/exit_code.h"

namespace plugbroker::service {
namespace {

using E = ServiceEvent;
using P = ServicePhase;

constexpr std::array rows{
    ServiceMachine::Row{P::start_pending, E::progress, P::start_pending},
    ServiceMachine::Row{P::start_pending, E::ready, P::running},
    ServiceMachine::Row{P::start_pending, E::overdue, P::degraded},
    ServiceMachine::Row{P::start_pending, E::stop_requested, P::stop_pending},
    ServiceMachine::Row{P::start_pending, E::failed, P::failing},
    ServiceMachine::Row{P::start_pending, E::stopped, P::stopped},
    ServiceMachine::Row{P::running, E::stop_requested, P::stop_pending},
    ServiceMachine::Row{P::running, E::failed, P::failing},
    ServiceMachine::Row{P::running, E::stopped, P::stopped},
    ServiceMachine::Row{P::degraded, E::ready, P::running},
    ServiceMachine::Row{P::degraded, E::stop_requested, P::stop_pending},
    ServiceMachine::Row{P::degraded, E::failed, P::failing},
    ServiceMachine::Row{P::degraded, E::stopped, P::stopped},
    ServiceMachine::Row{P::stop_pending, E::progress, P::stop_pending},
    ServiceMachine::Row{P::stop_pending, E::failed, P::failing},
    ServiceMachine::Row{P::stop_pending, E::stopped, P::stopped},
    ServiceMachine::Row{P::failing, E::progress, P::failing},
    ServiceMachine::Row{P::failing, E::stopped, P::stopped},
};
constexpr ServiceMachine machine{rows};

constexpr std::array<std::string_view, service_phases> phase_names{"start_pending", "running", "degraded",
                                                                   "stop_pending",  "failing", "stopped"};
constexpr std::array<std::string_view, service_events> event_names{"progress",       "ready",  "overdue",
                                                                   "stop_requested", "failed", "stopped"};

bool stops(ServicePhase phase) {
  return phase == P::stop_pending || phase == P::failing;
}

bool is_pending(ServicePhase phase) {
  return phase == P::start_pending || stops(phase);
}

// The checkpoint goes on from stop_pending to failing, which are one to the SCM.
std::uint32_t next_checkpoint(const StatusReport& before, ServicePhase after, ServiceEvent event) {
  if (!is_pending(after)) return 0;
  if (before.phase != after && !(stops(before.phase) && stops(after))) return 1;
  return before.checkpoint + (event == E::progress ? 1 : 0);
}

}  // namespace

std::string_view to_string(ServicePhase phase) noexcept {
  return phase_names[static_cast<std::size_t>(phase)];
}

std::string_view to_string(ServiceEvent event) noexcept {
  return event_names[static_cast<std::size_t>(event)];
}

const ServiceMachine& service_machine() {
  return machine;
}

const StatusReport& ServiceStatus::apply(ServiceEvent event, std::uint32_t exit_code) {
  const std::optional<ServicePhase> next = machine.next(report_.phase, event);
  if (!next) return report_;
  const ServicePhase before = report_.phase;
  report_.checkpoint = next_checkpoint(report_, *next, event);
  report_.phase = *next;
  report_.accepts_stop = !stops(*next) && *next != P::stopped;
  report_.wait_hint = is_pending(*next) ? pending_wait_hint : Duration{};
  if (*next == P::stopped) {
    const bool may_be_zero = before == P::stop_pending;
    report_.exit_code = exit_code == 0 && !may_be_zero ? static_cast<std::uint32_t>(ExitCode::broke_down) : exit_code;
  }
  return report_;
}

}  // namespace plugbroker::service
