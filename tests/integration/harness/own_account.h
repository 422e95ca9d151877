// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace plugbroker::harness {

/// The SID of the user that this process runs as.
[[nodiscard]] std::string own_sid();

}  // namespace plugbroker::harness
