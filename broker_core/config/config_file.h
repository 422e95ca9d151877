// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "broker_core/config/config_reader.h"

namespace plugbroker::config {

/// Reads and checks a configuration file of at most 1 MiB in UTF-8 without a byte order mark.
///
/// `path` is UTF-8. A file that is missing, can't be read or is too large is one problem that says so.
[[nodiscard]] ConfigOutcome load_config(const std::string& path, const PathProbe& exists,
                                        const AccessProbe& access = {});

/// The real PathProbe, for what this process may see.
[[nodiscard]] bool path_exists(const std::string& path, PathKind kind);

}  // namespace plugbroker::config
