// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace plugbroker::config {

/// The file that the installer writes where there is none: everything explained, no pool yet, so the service refuses to
/// start until somebody has named one.
[[nodiscard]] std::string_view starter_config();

}  // namespace plugbroker::config
