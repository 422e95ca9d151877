// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace plugbroker::chaos {

struct ChaosSettings {
  unsigned seconds = 120;  ///< Of faults.
  std::uint32_t seed = 0;
};

/// PLUGBROKER_CHAOS_SECONDS and PLUGBROKER_CHAOS_SEED of the environment; without them two minutes, and a seed that
/// nobody chose. Throws std::invalid_argument when one is no number.
[[nodiscard]] ChaosSettings settings_from_environment();

struct ChaosResult {
  std::size_t calls = 0;
  std::vector<std::string> contradictions;  ///< Of the ledgers; see harness/mixed_records.h.
  std::vector<std::string> refusals;        ///< Of what an administrator asked for.
  std::vector<std::string> left_behind;     ///< In the service, once all was over and its pools were at rest again.
  std::size_t processes_left = 0;           ///< Of the service, once it had stopped.
  std::string report;                       ///< One page.
};

/// Runs 100 sessions against four pools while workers are killed, hang, leak, are replaced, drained and reloaded, and
/// reconciles what clients and workers wrote down.
///
/// Before it counts what the service holds it injects each fault once, and before and after it all pools are drained
/// and resumed, so that both counts are of new workers. A service that has more handles afterwards, and more of nothing
/// else, gets further, short rounds: see leaks_of.
[[nodiscard]] ChaosResult run_chaos(const ChaosSettings& settings);

/// How much more private memory the service may have at the end.
///
/// What it holds does not depend on how many calls there were; its heap, its log's buffers and the reports it keeps of
/// what it saw last do grow at first.
inline constexpr std::uint64_t memory_growth_forgiven = 16 * 1024 * 1024;

}  // namespace plugbroker::chaos
