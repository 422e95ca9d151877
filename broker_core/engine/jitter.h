// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "broker_core/base/time.h"

namespace plugbroker::engine {

/// The engine's randomness, so that what began together does not go on together. The same seed gives the same numbers:
/// a run of the engine can be repeated.
class Jitter {
 public:
  explicit Jitter(std::uint64_t seed) noexcept : state_(seed) {}

  /// A random part of up to `percent` of the value. More than 100 percent counts as 100.
  [[nodiscard]] std::uint64_t part_of(std::uint64_t value, std::uint32_t percent) noexcept;
  [[nodiscard]] Duration part_of(Duration value, std::uint32_t percent) noexcept;

 private:
  std::uint64_t state_;
};

}  // namespace plugbroker::engine
