// SPDX-License-Identifier: Apache-2.0
#include "service/service_status.h"

#include <array>
#include <cstddef>

namespace plugbroker::service {
namespace {

constexpr std::size_t event_count = 4;
constexpr std::size_t phase_count = 4;

// Rows: the phase now. Columns: progress, ready, stop_requested, stopped.
constexpr auto start_pending = ServicePhase::start_pending;
constexpr auto running = ServicePhase::running;
constexpr auto stop_pending = ServicePhase::stop_pending;
constexpr auto stopped = ServicePhase::stopped;
constexpr std::array<std::array<ServicePhase, event_count>, phase_count> next_phase{{
    {start_pending, running, stop_pending, stopped},
    {running, running, stop_pending, stopped},
    {stop_pending, stop_pending, stop_pending, stopped},
    {stopped, stopped, stopped, stopped},
}};

bool is_pending(ServicePhase phase) {
  return phase == start_pending || phase == stop_pending;
}

}  // namespace

const StatusReport& ServiceStatus::apply(ServiceEvent event, std::uint32_t exit_code) {
  const ServicePhase before = report_.phase;
  const ServicePhase after = next_phase[static_cast<std::size_t>(before)][static_cast<std::size_t>(event)];
  if (before == stopped) return report_;
  const bool same = before == after;
  report_.phase = after;
  report_.accepts_stop = after == running || after == start_pending;
  report_.wait_hint = is_pending(after) ? pending_wait_hint : Duration{};
  report_.checkpoint = !is_pending(after) ? 0
                       : !same            ? 1
                                          : report_.checkpoint + (event == ServiceEvent::progress ? 1 : 0);
  report_.exit_code = after == stopped ? exit_code : 0;
  return report_;
}

}  // namespace plugbroker::service
