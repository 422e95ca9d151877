// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "broker_core/base/time.h"

namespace plugbroker::service {

enum class ServicePhase : std::uint8_t { start_pending, running, stop_pending, stopped };

enum class ServiceEvent : std::uint8_t {
  progress,        ///< Still starting, or still stopping.
  ready,           ///< Started.
  stop_requested,  ///< By the SCM.
  stopped,         ///< The end, whatever the phase was.
};

/// What the SCM is to be told.
struct StatusReport {
  ServicePhase phase = ServicePhase::start_pending;
  bool accepts_stop = false;     ///< STOP, SHUTDOWN and PRESHUTDOWN.
  std::uint32_t checkpoint = 0;  ///< Grows with each report of a pending phase; zero in the others.
  Duration wait_hint{};          ///< The next report of a pending phase comes earlier than this.
  std::uint32_t exit_code = 0;   ///< Service-specific; zero unless stopped.

  friend bool operator==(const StatusReport&, const StatusReport&) = default;
};

/// The life of the service as the SCM sees it: start_pending -> running -> stop_pending -> stopped.
///
/// Pure: it calls nothing. An event that the phase has no use for (a second stop, a late ready) changes nothing, so the
/// SCM never sees a service go back.
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
