// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <string>
#include <vector>

#include "service/exit_code.h"
#include "service/service_log.h"

namespace plugbroker::service {

/// Is told how far the service is, at least every progress_interval while it starts or stops.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  virtual void starting() = 0;
  virtual void ready() = 0;
  virtual void stopping() = 0;
};

struct RunOptions {
  std::string config_path;  ///< UTF-8.
  std::string service_name;
  RunMode mode = RunMode::console;
  std::string attach_pool;  ///< Console only; empty: none.
  std::vector<std::string> trusted_writers = {};  ///< SIDs that may also write the configuration.
};

/// What a run waits for.
struct RunEvents {
  HANDLE stop_requested = nullptr;
  HANDLE reload_requested = nullptr;  ///< Resets itself. Null: nobody asks in this way.
};

/// The whole life of the service, the same for console and SCM: reads the configuration, opens the log, starts the
/// broker, waits until it is settled (bounded by the pools' start timeouts), then for the event `stop_requested`, then
/// for the drain. Each time `reload_requested` is set meanwhile it has the configuration read again; a stop that is
/// asked for during that waits for it.
///
/// ExitCode::usage when `attach_pool` is no pool of the configuration. What goes wrong before the log is open is
/// printed to stderr. When a stop does not end in time the process must be left by exit_now(): threads still run.
[[nodiscard]] ExitCode run_service(const RunOptions& options, const RunEvents& events, RunObserver& observer);

/// Ends the process here and now, its workers with it.
[[noreturn]] void exit_now(ExitCode code);

/// Prints every problem of the configuration to stderr.
[[nodiscard]] ExitCode check_config(const RunOptions& options);

}  // namespace plugbroker::service
