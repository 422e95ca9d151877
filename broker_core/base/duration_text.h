// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "broker_core/base/time.h"

namespace plugbroker {

/// Reads digits followed by `ms`, `s`, `m` or `h`, nothing else: "250ms", "2s". Nothing above 10,000 hours.
[[nodiscard]] std::optional<Duration> parse_duration(std::string_view text);

/// The same form, in the largest unit that is exact: "90s", "5m". Fractions of a millisecond are dropped.
[[nodiscard]] std::string duration_text(Duration duration);

}  // namespace plugbroker
