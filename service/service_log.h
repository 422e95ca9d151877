// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "broker_core/base/log_sink.h"
#include "broker_core/base/result.h"
#include "broker_core/config/broker_config.h"

namespace plugbroker::service {

enum class RunMode : std::uint8_t { console, service };

/// Under the SCM: files in the configured or the default folder. In the console: stderr, and files too when a folder is
/// configured.
[[nodiscard]] Result<std::unique_ptr<LogSink>> open_service_log(const config::LogConfig& config, RunMode mode);

}  // namespace plugbroker::service
