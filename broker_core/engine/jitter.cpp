// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/jitter.h"

#include <algorithm>

namespace plugbroker::engine {

/// The generator is SplitMix64.
std::uint64_t Jitter::part_of(std::uint64_t value, std::uint32_t percent) noexcept {
  std::uint64_t mixed = state_ += 0x9E3779B97F4A7C15u;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
  mixed ^= mixed >> 31;
  const std::uint64_t most = value / 100 * std::min(percent, 100u) + value % 100 * std::min(percent, 100u) / 100;
  return most == ~std::uint64_t{0} ? mixed : mixed % (most + 1);
}

Duration Jitter::part_of(Duration value, std::uint32_t percent) noexcept {
  return Duration{static_cast<Duration::rep>(part_of(static_cast<std::uint64_t>(value.count()), percent))};
}

}  // namespace plugbroker::engine
