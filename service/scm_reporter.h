// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <functional>
#include <mutex>

#include "service/service_run.h"
#include "service/service_status.h"

namespace plugbroker::service {

/// Between the SCM and the run: tells the one how far the other is, and the other what the one wants. Called by the
/// service's thread and by the control handler's.
class ScmReporter : public RunObserver {
 public:
  /// `tell` is SetServiceStatus; called under a lock, one call at a time, in the order of what happens.
  ScmReporter(const RunEvents& events, std::function<void(const SERVICE_STATUS&)> tell);

  /// The first report. Before it nothing may be told.
  void registered();

  void starting() override { apply(ServiceEvent::progress); }
  void ready() override { apply(ServiceEvent::ready); }
  void degraded() override { apply(ServiceEvent::overdue); }
  void failing() override { apply(ServiceEvent::failed); }
  void stopping() override;
  void stopped(ExitCode code) { apply(ServiceEvent::stopped, static_cast<std::uint32_t>(code)); }

  /// What the handler returns. Never blocks: what takes time is done by the run, which is woken.
  DWORD control(DWORD code);

 private:
  void apply(ServiceEvent event, std::uint32_t exit_code = 0);
  void tell_again();

  const RunEvents events_;
  const std::function<void(const SERVICE_STATUS&)> tell_;
  std::mutex mutex_;
  ServiceStatus status_;
};

}  // namespace plugbroker::service
