// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstdio>
#include <string_view>

namespace plugbroker::client {

/// "the request is larger than the 67108864 bytes that one may have", without any allocation.
class SizeLimitText {
 public:
  /// `what` is at most 40 characters.
  SizeLimitText(const char* what, std::uint64_t limit_bytes) noexcept {
    std::snprintf(text_, sizeof text_, "%s is larger than the %llu bytes that one may have", what,
                  static_cast<unsigned long long>(limit_bytes));
  }

  [[nodiscard]] std::string_view view() const noexcept { return text_; }

 private:
  char text_[120];
};

}  // namespace plugbroker::client
