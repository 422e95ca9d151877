// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace plugbroker::harness {

/// Sessions that call in every way there is, from several processes, against an installed service.
struct MixedLoad {
  unsigned processes = 2;
  unsigned sessions_of_each = 20;
  unsigned seconds = 5;
};

struct MixedLoadResult {
  std::size_t calls = 0;
  std::vector<std::string> contradictions;  ///< See mixed_records.h.
  std::vector<std::string> left_behind;     ///< In the service, once all is over; see broker_census.h.
};

/// Runs it and reconciles what clients and workers wrote down, after the service has stopped.
[[nodiscard]] MixedLoadResult run_mixed_load(const MixedLoad& load);

}  // namespace plugbroker::harness
