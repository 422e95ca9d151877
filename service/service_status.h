// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "broker_core/base/time.h"
#include "broker_core/engine/state_machine.h"

namespace plugbroker::service {

/// The SCM knows less of them: `degraded` is SERVICE_RUNNING, `failing` is SERVICE_STOP_PENDING.
enum class ServicePhase : std::uint8_t {
  start_pending,
  running,
  degraded,      ///< Runs, but the start did not bring every pool to its minimum in time.
  stop_pending,  ///< Because it was asked to stop.
  failing,       ///< The same because something is broken: whatever comes, it does not end with exit code 0.
  stopped
};
inline constexpr std::size_t service_phases = 6;

enum class ServiceEvent : std::uint8_t {
  progress,        ///< Still starting, or still stopping.
  ready,           ///< Every pool has its minimum of workers.
  overdue,         ///< Not every pool has, and the start does not wait any longer.
  stop_requested,  ///< By the SCM.
  failed,          ///< Something is broken; it stops by itself.
  stopped          ///< The end, whatever the phase was.
};
inline constexpr std::size_t service_events = 6;

[[nodiscard]] std::string_view to_string(ServicePhase phase) noexcept;
[[nodiscard]] std::string_view to_string(ServiceEvent event) noexcept;

/// What is not in the table changes nothing: a second stop, a late ready. So the SCM never sees a service go back.
using ServiceMachine = engine::StateMachine<ServicePhase, ServiceEvent, service_phases, service_events>;
[[nodiscard]] const ServiceMachine& service_machine();

/// What the SCM is to be told.
struct StatusReport {
  ServicePhase phase = ServicePhase::start_pending;
  bool accepts_stop = false;     ///< STOP, SHUTDOWN and PRESHUTDOWN.
  std::uint32_t checkpoint = 0;  ///< Grows with each report of a pending phase; zero in the others.
  Duration wait_hint{};          ///< The next report of a pending phase comes earlier than this.
  std::uint32_t exit_code = 0;   ///< Service-specific; zero unless stopped.

  friend bool operator==(const StatusReport&, const StatusReport&) = default;
};

/// The life of the service as the SCM sees it: a walk through service_machine(). Pure: it calls nothing.
///
/// It stops with exit code 0 from `stop_pending` only, that is when it was asked to and nothing was broken; otherwise a
/// zero becomes ExitCode::broke_down, so that the SCM's failure actions are carried out.
class ServiceStatus {
 public:
  /// `exit_code` counts with `stopped` only.
  const StatusReport& apply(ServiceEvent event, std::uint32_t exit_code = 0);
  [[nodiscard]] const StatusReport& report() const { return report_; }

 private:
  StatusReport report_ = {
      .phase = ServicePhase::start_pending, .accepts_stop = true, .checkpoint = 1, .wait_hint = pending_wait_hint};

  static constexpr Duration pending_wait_hint = std::chrono::seconds{10};
};

/// How often a pending phase has to be reported; well below the wait hint.
inline constexpr Duration progress_interval = std::chrono::seconds{1};

}  // namespace plugbroker::service
