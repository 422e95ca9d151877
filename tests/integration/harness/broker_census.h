// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tests/integration/harness/installed_service.h"

namespace plugbroker::harness {

/// What a service holds at one moment, counted from outside (handles, processes) and told by itself (the rest).
struct BrokerCensus {
  std::size_t handles = 0;
  std::size_t processes = 0;  ///< That the service started and that still run.
  std::uint64_t sessions = 0;
  std::uint64_t half_open_connections = 0;
  std::uint64_t calls_in_progress = 0;
  std::uint64_t calls_without_outcome = 0;  ///< Accepted ones less all outcomes; a second way to see a lost call.
  std::uint64_t buffered_bytes = 0;
};

[[nodiscard]] BrokerCensus take_census(const InstalledService& service);

/// One sentence for each thing that there is more of in `after` than in `before`.
[[nodiscard]] std::vector<std::string> leaks(const BrokerCensus& before, const BrokerCensus& after);

/// Waits, at most `patience`, until the service holds no more than `before`, since it notices some ends a moment later.
/// Returns the leaks that stayed.
[[nodiscard]] std::vector<std::string> lasting_leaks(const BrokerCensus& before, const InstalledService& service,
                                                     std::chrono::milliseconds patience = std::chrono::seconds{10});

/// Runs `work` between two censuses at rest and returns the leaks that stayed.
///
/// A leak comes back every time; some handles come once: the runtime makes one for a mutex when two threads first meet
/// at it, whenever that is. So when there are more handles, and nothing else, `work` is run again, at most three times
/// in all, each counted from where the last one ended; what is returned is what the last one left.
[[nodiscard]] std::vector<std::string> leaks_of(const InstalledService& service, const std::function<void()>& work,
                                                std::chrono::milliseconds patience = std::chrono::seconds{10});

/// A census of the service at rest: no session, no call, and the handle count the same several times in a row.
[[nodiscard]] BrokerCensus census_at_rest(const InstalledService& service);

}  // namespace plugbroker::harness
