// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace plugbroker::service {

/// How plugbroker-service ends; under the SCM the service-specific exit code. Documented in docs/OPERATIONS.md, so the
/// numbers never change meaning.
enum class ExitCode : int {
  ok = 0,
  bad_config = 1,       ///< The configuration is missing or wrong.
  usage = 2,            ///< The command line is wrong, or `run` was not started by the SCM.
  already_running = 3,  ///< Another instance has the same pipe names.
  start_failed = 4,     ///< A folder, the log or a pipe can't be had.
  broke_down = 5,       ///< The stop did not end in time, or something failed while running.
  interrupted = 6,      ///< A second Ctrl-C ended the drain.
  unreachable = 7,      ///< Its own public pipe can't be opened, or does not answer.
};

}  // namespace plugbroker::service
