// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <optional>
#include <string>
#include <vector>

#include "broker_core/base/time.h"
#include "service/exit_code.h"
#include "service/run_observer.h"
#include "service/service_log.h"

namespace plugbroker::service {

struct RunOptions {
  std::string config_path;  ///< UTF-8.
  std::string service_name;
  RunMode mode = RunMode::console;
  std::string attach_pool;  ///< Console only; empty: none.
  /// How long the system waits for the service when it shuts down; none: not known, or it does not.
  std::optional<Duration> system_waits{};
  LogSink* event_log = nullptr;  ///< Gets everything that the log gets, and what goes wrong before that is open.
  std::vector<std::string> trusted_writers = {};  ///< SIDs that may also write the configuration.
};

/// What a run waits for.
struct RunEvents {
  HANDLE stop_requested = nullptr;
  HANDLE reload_requested = nullptr;   ///< Resets itself. Null: nobody asks in this way.
  HANDLE system_shuts_down = nullptr;  ///< Set before `stop_requested`. Null: nobody says so.
};

/// The whole life of the service, the same for console and SCM: reads the configuration, opens the log, starts the
/// broker and lives the ServiceLife. A stop that is asked for during a reload waits for it.
///
/// ExitCode::usage when `attach_pool` is no pool of the configuration. What goes wrong before the log is open is
/// printed to stderr. When a stop does not end in time the process must be left by exit_now(): threads still run.
[[nodiscard]] ExitCode run_service(const RunOptions& options, const RunEvents& events, RunObserver& observer);

/// Ends the process here and now, its workers with it.
[[noreturn]] void exit_now(ExitCode code);

/// Prints every problem of the configuration to stderr.
[[nodiscard]] ExitCode check_config(const RunOptions& options);

}  // namespace plugbroker::service
