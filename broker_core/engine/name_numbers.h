// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
    if (2 * names_.size() > places_.size()) grow();
    put(next);
    return next;
  }

  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view name) const noexcept {
    for (std::size_t at = home_of(name);; at = (at + 1) & (places_.size() - 1)) {
      const Place& place = places_[at];
      if (place.name.data() == nullptr) return std::nullopt;
      if (place.name == name) return place.number;
    }
  }

  /// Valid as long as this object.
  [[nodiscard]] std::string_view name(std::uint32_t number) const { return names_[number]; }
  [[nodiscard]] std::size_t size() const noexcept { return names_.size(); }

 private:
  struct Place {
    std::string_view name;  ///< Null data: nothing is here.
    std::uint32_t number = 0;
  };

  /// Names come from the configuration, so nobody aims for collisions.
  [[nodiscard]] std::size_t home_of(std::string_view name) const noexcept {
    std::uint64_t hash = name.size();
    while (name.size() > sizeof hash) {
      hash = (hash ^ load(name, sizeof hash)) * 0x9E3779B97F4A7C15u;
      hash ^= hash >> 32;
      name.remove_prefix(sizeof hash);
    }
    hash = (hash ^ load(name, name.size())) * 0x9E3779B97F4A7C15u;
    return static_cast<std::size_t>(hash >> 32) & (places_.size() - 1);
  }
  /// The first `count` characters, at most 8, as a number; which one does not matter.
  [[nodiscard]] static std::uint64_t load(std::string_view name, std::size_t count) noexcept {
    std::uint64_t value = 0;
    if (count >= sizeof(std::uint32_t)) {
      std::uint32_t first = 0;
      std::uint32_t last = 0;
      std::memcpy(&first, name.data(), sizeof first);
      std::memcpy(&last, name.data() + count - sizeof last, sizeof last);
      return std::uint64_t{first} << 32 | last;
    }
    for (std::size_t i = 0; i < count; ++i) value = value << 8 | static_cast<unsigned char>(name[i]);
    return value;
  }
  void put(std::uint32_t number) {
    std::size_t at = home_of(names_[number]);
    while (places_[at].name.data() != nullptr) at = (at + 1) & (places_.size() - 1);
    places_[at] = {names_[number], number};
  }
  void grow() {
    places_.assign(2 * places_.size(), {});
    for (std::uint32_t number = 0; number + 1 < names_.size(); ++number) put(number);
  }

  std::deque<std::string> names_;  // A deque: names never move.
  std::vector<Place> places_ = std::vector<Place>(16);  ///< A power of two of them.
};

}  // namespace plugbroker::engine
