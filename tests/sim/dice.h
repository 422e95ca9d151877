// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <random>

namespace plugbroker::sim {

/// Numbers from a seed; the same seed gives the same numbers.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  /// 0 to below - 1.
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(engine_() % bound); }
  /// Both included.
  std::uint32_t between(std::uint32_t least, std::uint32_t most) {
    return least + static_cast<std::uint32_t>(below(most - least + 1));
  }
  /// True once in `of` times.
  bool once_in(std::size_t of) { return below(of) == 0; }
  template <typename Value>
  Value one_of(std::initializer_list<Value> values) {
    return *std::next(values.begin(), static_cast<std::ptrdiff_t>(below(values.size())));
  }
  /// The list is not empty.
  template <typename List>
  auto& any_of(List& list) {
    return *std::next(list.begin(), static_cast<std::ptrdiff_t>(below(list.size())));
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace plugbroker::sim
