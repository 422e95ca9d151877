// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "broker_core/base/time.h"

namespace plugbroker::installer {

/// How long the service may need when the system shuts down: the longest stop that its configuration (a path in UTF-8)
/// allows, at least 60 s, which is more than the defaults take. Also 60 s when the configuration is not good yet.
[[nodiscard]] Duration shutdown_time(const std::string& config_path);

}  // namespace plugbroker::installer
