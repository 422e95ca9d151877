// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "broker_core/base/log_sink.h"
#include "broker_core/base/result.h"
#include "broker_core/config/broker_config.h"
#include "service/service_log.h"

namespace plugbroker::service {

struct HardeningOptions {
  RunMode mode = RunMode::console;
  config::TokenCheck token_check = config::TokenCheck::strict;
  std::string config_path;  ///< UTF-8.
};

/// What the service does to itself before it opens a pipe or starts a worker: it gives up every privilege but
/// SeChangeNotify, and labels its process, and under the SCM its configuration, so that nothing below high integrity
/// reads or changes them. What it runs with and what it could not do is in the log.
///
/// Returns what is missing, for the status. Not ok when privileges are left and `token_check` is strict: it must not
/// start then. A label that can't be set is no reason not to start; without high integrity none is tried.
[[nodiscard]] Result<std::vector<std::string>> harden_process(const HardeningOptions& options, LogSink& log);

/// Under the SCM and at high integrity: labels a file or folder high, and says in the log where it could not. In a console
/// never, since who runs it may want to look into them without being elevated.
void label_for_service(const std::string& path, RunMode mode, LogSink& log);

}  // namespace plugbroker::service
