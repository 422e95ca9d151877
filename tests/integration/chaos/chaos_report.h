// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/integration/harness/mixed_records.h"

namespace plugbroker::chaos {

/// What the service's process holds, at rest.
struct BrokerSize {
  std::size_t handles = 0;
  std::size_t threads = 0;
  std::uint64_t private_bytes = 0;
  std::size_t workers = 0;
};

/// All that the page says, apart from the calls.
struct ChaosFigures {
  unsigned seconds = 0;
  std::uint32_t seed = 0;
  unsigned sessions = 0;
  std::map<std::string, unsigned> faults{};         ///< Injected, by kind.
  std::map<std::string, std::uint64_t> recycles{};  ///< By reason, of all pools.
  std::uint64_t workers_started = 0;
  std::uint64_t workers_failed = 0;
  std::size_t evidence_cases = 0;
  std::size_t contradictions = 0;
  std::size_t processes_left = 0;
  BrokerSize before{};
  BrokerSize after{};
};

/// The latency in milliseconds that so many per cent of the sorted microseconds do not exceed; 0 when there are none.
[[nodiscard]] double percentile_ms(const std::vector<std::uint64_t>& sorted_us, double percent);

/// One page for people. Latencies are those of calls that ended ok.
[[nodiscard]] std::string report_text(const ChaosFigures& figures, const harness::MixedRecords& records);

}  // namespace plugbroker::chaos
