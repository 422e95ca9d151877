// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace plugbroker::admin {

/// The first key that an object of the JSON has twice, in whichever depth; nothing when there is none before the text
/// ends or is no JSON any more. Boost's own parser would take the last one without a word.
[[nodiscard]] std::optional<std::string> repeated_key(std::string_view json);

}  // namespace plugbroker::admin
