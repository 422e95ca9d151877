// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/sim/random_client.h"
#include "tests/sim/random_worker.h"

namespace plugbroker::sim {

/// What each caller (SID) may expect of a pool's queue, whatever the others do:
///
///   - while one of its calls waits, no other caller has two of them begun before it has one;
///   - a full queue refuses its call only when nobody has two more waiting than it has;
///   - its call gives way only to that of a caller who then has no more waiting than it has.
///
/// Who waits is known only from both ends of the broker: calls that their clients have sent, that have no END and that
/// no worker has. Where that differs from the number that the snapshot shows (calls were put back, ENDs are not read,
/// requests are not read), nothing is judged until it doesn't.
class QueueFairness {
 public:
  struct Scene {
    const engine::Snapshot& snapshot;
    std::list<RandomClient>& clients;
    const std::vector<RandomWorker*>& workers;
    CallLedger& ledger;
    /// Whose bytes are the event, or were the last one before what was written since; null: the last one was another.
    const RandomClient* speaker;
    bool is_new;  ///< More than that something was written.
  };

  QueueFairness(const engine::EngineConfig& config, std::vector<std::string>& violations, Sabotage sabotage)
      : config_(config), violations_(violations), sabotage_(sabotage), queues_(config.pools.size()) {}

  /// After every event.
  void check(const Scene& scene);

 private:
  using Callers = std::map<std::string, std::set<std::string>>;  ///< Calls that wait, by SID.

  struct Queue {
    Callers waiting;  ///< When it was last known.
    std::map<std::string, std::map<std::string, int>> passed_by;
    std::vector<std::string> begun;  ///< Since then.
    bool is_unclear = false;         ///< In between it could not be told in which order calls were given out.
  };

  void begin(const Scene& scene);
  [[nodiscard]] std::optional<Callers> waiting_in(std::size_t pool, const Scene& scene);
  void count_turns(Queue& queue, const Callers& waiting);
  void judge_refusals(std::size_t pool, const Callers& waiting, const Scene& scene);
  void judge(const RandomClient& client, const RandomClient::Refusal& refusal, const Callers& waiting,
             const RandomClient& speaker);
  void violation(std::string text) { violations_.push_back(std::move(text)); }

  const engine::EngineConfig& config_;
  std::vector<std::string>& violations_;
  Sabotage sabotage_;
  std::vector<Queue> queues_;
  int cancelled_before_ = 0;            ///< Calls of all clients, when the speaker's event came.
  std::ptrdiff_t clients_before_ = 0;   ///< That were there then.
  std::set<const RandomClient*> deaf_;  ///< Did not read then: what they get to know is older.
  std::vector<std::pair<const RandomClient*, RandomClient::Refusal>> refusals_;  ///< Since then.
};

}  // namespace plugbroker::sim
