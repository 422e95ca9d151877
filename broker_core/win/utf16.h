// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace plugbroker::win {

/// UTF-8 to UTF-16 and back. What is not valid becomes U+FFFD.
[[nodiscard]] std::wstring to_utf16(std::string_view text);
[[nodiscard]] std::string to_utf8(std::wstring_view text);

}  // namespace plugbroker::win
