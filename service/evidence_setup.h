// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "broker_core/base/log_sink.h"
#include "broker_core/base/result.h"
#include "broker_core/config/broker_config.h"
#include "broker_core/win/evidence_keeper.h"
#include "service/service_log.h"

namespace plugbroker::service {

/// Where cases of failed workers go: under the SCM the configured or the default folder, in the console the configured
/// one only. Nothing when none are to be kept (`max_cases` 0 says so too).
[[nodiscard]] Result<std::optional<std::filesystem::path>> evidence_folder_path(const config::EvidenceConfig& config,
                                                                                RunMode mode);

/// Makes that folder, if it is missing, for SYSTEM, Administrators and `owner_sid` alone: a dump can hold payload.
/// Under the SCM it is labelled high too. Where it can't be had that is logged, and no cases are kept: no reason not to serve.
[[nodiscard]] std::optional<win::EvidenceSettings> open_evidence(const config::EvidenceConfig& config, RunMode mode,
                                                                 std::string_view owner_sid, LogSink& log);

}  // namespace plugbroker::service
