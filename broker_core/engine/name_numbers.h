// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace plugbroker::engine {

/// Gives each name a number, for ever: the first one zero, a new one the next. So a number that something holds on to
/// still means the same after the configuration was replaced. Whoever numbers the same names in the same order gets the
/// same numbers.
class NameNumbers {
 public:
  /// The name's number, which it gets if it has none yet.
  std::uint32_t number(std::string_view name) {
    if (const std::optional<std::uint32_t> known = find(name)) return *known;
    const auto next = static_cast<std::uint32_t>(names_.size());
    names_.emplace_back(name);
    numbers_.emplace(names_.back(), next);
    return next;
  }

  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view name) const {
    const auto place = numbers_.find(name);
    if (place == numbers_.end()) return std::nullopt;
    return place->second;
  }

  /// Valid as long as this object.
  [[nodiscard]] std::string_view name(std::uint32_t number) const { return names_[number]; }
  [[nodiscard]] std::size_t size() const noexcept { return names_.size(); }

 private:
  std::deque<std::string> names_;  // A deque: names never move.
  std::unordered_map<std::string_view, std::uint32_t> numbers_;
};

}  // namespace plugbroker::engine
