// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "broker_core/engine/engine_config.h"

namespace plugbroker::sim {

class RandomWorker;

/// Which worker got which call, kept by the workers, never by the broker: a call reaches a second worker only when the
/// first has refused it, or, where its route is idempotent, once after the first was lost.
class CallLedger {
 public:
  /// The worker has the REQUEST. Returns what is wrong with that; null: nothing.
  [[nodiscard]] const char* record(const std::string& call, bool idempotent, const RandomWorker& worker,
                                   std::uint64_t stream);
  /// The first workers of calls that were repeated since the last time, as far as they are not lost: the broker knew of
  /// their end before their host did, but by now everything that it asked for is carried out.
  [[nodiscard]] std::vector<const RandomWorker*> take_repeated_from_the_living();
  [[nodiscard]] std::size_t calls() const { return calls_.size(); }
  [[nodiscard]] bool knows(const std::string& call) const { return calls_.contains(call); }
  /// Calls that reached a worker of the pool for the first time, in their order, since this was asked last.
  [[nodiscard]] std::vector<std::string> take_begun(const engine::PoolConfig& pool);

 private:
  struct Entry {
    const RandomWorker* worker = nullptr;
    std::uint64_t stream = 0;
    bool repeated = false;
  };

  std::map<std::string, Entry> calls_;
  std::vector<const RandomWorker*> repeated_from_;
  std::map<const engine::PoolConfig*, std::vector<std::string>> begun_;
};

}  // namespace plugbroker::sim
