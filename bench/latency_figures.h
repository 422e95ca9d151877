// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include <windows.h>

namespace plugbroker::bench {

/// How long things took, in microseconds.
class LatencyFigures {
 public:
  void add(std::int64_t microseconds) { samples_.push_back(microseconds); }
  [[nodiscard]] std::size_t count() const noexcept { return samples_.size(); }

  /// The sample that `percent` of the samples do not exceed (nearest rank). Needs a sample.
  [[nodiscard]] std::int64_t percentile(unsigned percent) const {
    std::vector<std::int64_t> sorted = samples_;
    std::ranges::sort(sorted);
    const std::size_t rank = (sorted.size() * percent + 99) / 100;
    return sorted[rank == 0 ? 0 : rank - 1];
  }

 private:
  std::vector<std::int64_t> samples_;
};

/// Runs `work` and returns how long that took, in microseconds.
[[nodiscard]] inline std::int64_t timed(const std::function<void()>& work) {
  LARGE_INTEGER frequency, begin, end;
  QueryPerformanceFrequency(&frequency);
  QueryPerformanceCounter(&begin);
  work();
  QueryPerformanceCounter(&end);
  return (end.QuadPart - begin.QuadPart) * 1'000'000 / frequency.QuadPart;
}

/// 1234567 as "1,234,567".
[[nodiscard]] inline std::string grouped(std::int64_t number) {
  std::string text = std::to_string(number);
  for (std::ptrdiff_t at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) {
    text.insert(static_cast<std::size_t>(at), 1, ',');
  }
  return text;
}

inline void print(const std::string& what, const LatencyFigures& figures) {
  std::printf("  %-34s p50 %9s us   p99 %9s us   (%s calls)\n", what.c_str(), grouped(figures.percentile(50)).c_str(),
              grouped(figures.percentile(99)).c_str(), grouped(static_cast<std::int64_t>(figures.count())).c_str());
}

}  // namespace plugbroker::bench
