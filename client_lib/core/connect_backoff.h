// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "broker_core/base/time.h"

namespace plugbroker::client {

/// How long to wait before the next attempt to connect: at first 5 to 10 ms, doubled each time, at most 250 to 500 ms.
/// The jitter keeps the plugins of a machine from coming back all at once.
///
/// Pure but for its own random numbers, which the seed determines.
class ConnectBackoff {
 public:
  static constexpr Duration first = std::chrono::milliseconds{10};
  static constexpr Duration longest = std::chrono::milliseconds{500};

  explicit ConnectBackoff(std::uint64_t seed) noexcept : random_(seed | 1u) {}

  [[nodiscard]] Duration next() noexcept {
    const Duration half = step_ / 2;
    step_ = step_ * 2 < longest ? step_ * 2 : longest;
    // xorshift64: spread is all that is asked of it.
    random_ ^= random_ << 13;
    random_ ^= random_ >> 7;
    random_ ^= random_ << 17;
    return half + Duration{static_cast<Duration::rep>(random_ % (static_cast<std::uint64_t>(half.count()) + 1))};
  }

  void reset() noexcept { step_ = first; }

 private:
  Duration step_ = first;
  std::uint64_t random_;
};

}  // namespace plugbroker::client
