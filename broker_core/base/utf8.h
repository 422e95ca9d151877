// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace plugbroker {

/// The longest front of `text` that is at most `max_bytes` long and does not end inside a UTF-8 character.
///
/// Text that isn't UTF-8 is cut at `max_bytes`, or up to three bytes before.
[[nodiscard]] std::string_view clip_utf8(std::string_view text, std::size_t max_bytes) noexcept;

}  // namespace plugbroker
