// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "broker_core/base/result.h"

namespace plugbroker::admin_cli {

/// All bytes of a file, at most 1 GiB; of standard input when `path` is "-". `path` is UTF-8.
[[nodiscard]] Result<std::string> read_bytes(const std::string& path);

/// Replaces the file; "" and "-" are standard output.
Status write_bytes(const std::string& path, const std::string& bytes);

}  // namespace plugbroker::admin_cli
