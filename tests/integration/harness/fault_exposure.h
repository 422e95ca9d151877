// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/integration/harness/broker_census.h"
#include "tests/integration/harness/installed_service.h"
#include "tests/integration/harness/test_caller.h"

namespace plugbroker::harness {

/// The fewest calls that others complete while a fault runs.
inline constexpr std::uint64_t calls_of_others = 100;

struct Exposure {
  unsigned faults = 0;                    ///< Times the fault was run, the one for warming up included.
  std::vector<CallReport> others;         ///< Every outcome of the client that worked meanwhile.
  std::vector<std::string> leaks;         ///< What the service still held afterwards, in words; empty when nothing.
  std::vector<std::string> seen_by_twin;  ///< What the same check said of a session with an open call, left on purpose.
};

/// Runs `fault` over and over until another client, a process of its own, has completed at least calls_of_others calls.
///
/// Handles, processes, sessions and calls are counted before (after one fault, so that what the first one costs for
/// good is not taken for a leak) and after. Then the check is tried on a leak that was made on purpose. The service
/// needs the pools documents and sleepers.
[[nodiscard]] Exposure expose(const InstalledService& service, const std::function<void()>& fault);

/// Fails the test unless everybody else was served, nothing was left behind, and the twin's leak was seen.
void expect_only_the_culprit_suffered(const Exposure& exposure);

}  // namespace plugbroker::harness
