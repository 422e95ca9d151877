// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace plugbroker::engine {

inline constexpr std::string_view brokers_limit = "the broker's max_payload_bytes";

/// "the request is larger than the broker's max_payload_bytes, 67108864".
[[nodiscard]] inline std::string size_limit_text(std::string_view what, std::string_view whose_limit,
                                                 std::uint64_t limit_bytes) {
  std::string text{what};
  return text.append(" is larger than ").append(whose_limit).append(", ").append(std::to_string(limit_bytes));
}

}  // namespace plugbroker::engine
