// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "bench/latency_figures.h"

namespace plugbroker::bench {

/// One way to have bytes echoed by a C# program. Made ready by its constructor, warmed up. Whatever goes wrong is a
/// std::runtime_error.
class Contender {
 public:
  virtual ~Contender() = default;

  /// `calls` calls of `size` bytes, one after another.
  virtual void measure_latency(std::size_t size, unsigned calls, LatencyFigures& figures) = 0;

  /// Calls of `size` bytes per second, `in_flight` of them at any moment, for about `milliseconds`.
  virtual double calls_per_second(std::size_t size, unsigned in_flight, unsigned milliseconds) = 0;
};

}  // namespace plugbroker::bench
