// SPDX-License-Identifier: Apache-2.0
#include "broker_core/base/duration_text.h"

#include <array>
#include <charconv>
#include <cstdint>

namespace plugbroker {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
};

// From the largest down.
constexpr std::array<Unit, 4> units{{{"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};

constexpr std::int64_t longest_milliseconds = 10'000 * units.front().milliseconds;

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || text.front() == '-') return std::nullopt;
  const std::string_view suffix = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const Unit& unit : units) {
    if (suffix != unit.name) continue;
    if (number > longest_milliseconds / unit.milliseconds) return std::nullopt;
    return std::chrono::milliseconds{number * unit.milliseconds};
  }
  return std::nullopt;
}

std::string duration_text(Duration duration) {
  const std::int64_t total = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  for (const Unit& unit : units) {
    if (total != 0 && total % unit.milliseconds == 0) {
      return std::to_string(total / unit.milliseconds) + std::string{unit.name};
    }
  }
  return "0s";
}

}  // namespace plugbroker
