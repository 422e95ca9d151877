// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "service/event_log.h"

namespace plugbroker::service {

/// While it lives, whatever ends this process without a word (a broken invariant, an exception that nobody catches, an
/// access violation) writes an event first and ends the process with ExitCode::broke_down, without having told the SCM
/// that the service stopped: so it counts as a failure with and without the failure flag.
///
/// One at a time.
class CrashReport {
 public:
  explicit CrashReport(EventLog& event_log);
  ~CrashReport();
  CrashReport(const CrashReport&) = delete;
  CrashReport& operator=(const CrashReport&) = delete;
};

}  // namespace plugbroker::service
