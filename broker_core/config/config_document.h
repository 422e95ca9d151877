// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace plugbroker::config {

/// docs/CONFIG.md, made from the schema table. A test compares it with the file.
[[nodiscard]] std::string config_document();

}  // namespace plugbroker::config
