// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace plugbroker::client {

/// The handles that this process has open; throws when it can't tell, for a count that is always 0 finds no leak.
[[nodiscard]] std::size_t open_handles();

}  // namespace plugbroker::client
