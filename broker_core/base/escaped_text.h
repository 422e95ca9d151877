// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace plugbroker {

enum class EscapeStyle : std::uint8_t {
  plain,   ///< Backslashes and quotes stay: for text that stands by itself.
  quoted,  ///< Also `\\` and `\"`: for text between quotes, so that its end can't be faked.
};

/// Text from outside for one line of a log or terminal, as valid UTF-8 that keeps to its line and direction.
///
/// Escaped as `\n`, `\r`, `\t`, `\x1b`, `\u{2028}` are: control characters (C0, DEL, C1), line and paragraph
/// separators, characters that change the writing direction, the byte order mark, and every byte that is not part of
/// valid UTF-8. Looks at the first `max_bytes` of `text` and says at the end how many it left out.
[[nodiscard]] std::string escaped_text(std::string_view text, EscapeStyle style, std::size_t max_bytes);

}  // namespace plugbroker
