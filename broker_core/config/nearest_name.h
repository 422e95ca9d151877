// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace plugbroker::config {

/// The known name that `given` was probably meant to be: the one with the fewest edits, if those are at most a third of
/// the longer one's length. Empty when none is that near. Looks at the first 64 bytes of `given` only.
[[nodiscard]] std::string_view nearest_name(std::string_view given, std::span<const std::string_view> known);

}  // namespace plugbroker::config
