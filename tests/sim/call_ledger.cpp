// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/call_ledger.h"

#include <utility>

#include "tests/sim/random_worker.h"

namespace plugbroker::sim {

const char* CallLedger::record(const std::string& call, bool idempotent, const RandomWorker& worker,
                               std::uint64_t stream) {
  const auto [place, is_new] = calls_.try_emplace(call, Entry{&worker, stream});
  if (is_new) {
    begun_[&worker.pool].push_back(call);
    return nullptr;
  }
  Entry& entry = place->second;
  const Entry before = std::exchange(entry, Entry{&worker, stream, entry.repeated});
  if (before.worker->refused(before.stream)) return nullptr;
  if (!idempotent) return "a call that is not idempotent reached a second worker";
  if (std::exchange(entry.repeated, true)) return "a call was repeated twice";
  repeated_from_.push_back(before.worker);
  return nullptr;
}

std::vector<std::string> CallLedger::take_begun(const engine::PoolConfig& pool) {
  return std::exchange(begun_[&pool], {});
}

std::vector<const RandomWorker*> CallLedger::take_repeated_from_the_living() {
  std::vector<const RandomWorker*> workers = std::exchange(repeated_from_, {});
  std::erase_if(workers, [](const RandomWorker* worker) { return worker->is_lost(); });
  return workers;
}

}  // namespace plugbroker::sim
