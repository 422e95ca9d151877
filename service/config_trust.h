// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "broker_core/base/log_sink.h"
#include "broker_core/config/config_reader.h"
#include "broker_core/win/launch_spec.h"

namespace plugbroker::service {

/// Who may write what the service goes by, beside SYSTEM, Administrators, TrustedInstaller and the account that this
/// runs under.
struct ConfigTrust {
  std::string service_name;          ///< Its SID is trusted.
  std::vector<std::string> writers;  ///< Further SIDs, by --trust-writer.
};

/// Reads and checks the configuration (config/config_file.h), unless somebody else may write it or put another file in
/// its place, or a link is on the way to it: then that is its problem, and nothing in it counts. A file that is not
/// there is for the reading to report.
[[nodiscard]] config::ConfigOutcome load_trusted_config(const std::string& path, const ConfigTrust& trust);

/// One warning for each pool whose program somebody else may change. Such a program is started all the same: folders in
/// which developers and deployments write are common, and the log is where to find them.
void log_writable_programs(const std::vector<win::LaunchSpec>& specs, const ConfigTrust& trust, LogSink& log);

/// One warning for each SID that is trusted by the command line.
void log_trusted_writers(const std::vector<std::string>& writers, LogSink& log);

}  // namespace plugbroker::service
