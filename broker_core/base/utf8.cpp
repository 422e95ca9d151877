// SPDX-License-Identifier: Apache-2.0
#include "broker_core/base/utf8.h"

namespace plugbroker {

std::string_view clip_utf8(std::string_view text, std::size_t max_bytes) noexcept {
  if (text.size() <= max_bytes) return text;
  constexpr std::size_t most_continuation_bytes = 3;
  const auto is_continuation = [&](std::size_t at) { return (static_cast<unsigned char>(text[at]) & 0xC0u) == 0x80u; };
  std::size_t cut = max_bytes;
  for (std::size_t steps = 0; cut > 0 && steps < most_continuation_bytes && is_continuation(cut); ++steps) --cut;
  return text.substr(0, cut);
}

}  // namespace plugbroker
