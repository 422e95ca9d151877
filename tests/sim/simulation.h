// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/sim/fairness.h"
#include "tests/sim/invariants.h"

namespace plugbroker::sim {

/// One run: an engine whose configuration, clients, workers, processes, operators and clock a seed decides. After
/// every event all that must always hold is checked; at the end everything finishes, stops, and must be gone.
class Simulation {
 public:
  struct Options {
    std::uint64_t events = 1'100;  ///< Everything goes on until there were as many; then it finishes.
    bool trace = false;            ///< Prints each event and each line of the log.
    Sabotage sabotage = Sabotage::none;
  };
  struct Report {
    std::vector<std::string> violations;  ///< The run ends with the first event that has any.
    std::uint64_t events = 0;
    std::map<StatusCode, int> outcomes;  ///< As the clients saw them.
    std::uint64_t workers_started = 0;
    std::uint64_t workers_failed = 0;
    std::uint64_t calls_given = 0;     ///< Different ones that reached a worker.
    std::uint64_t calls_repeated = 0;  ///< Idempotent ones that were given to a second worker.
    std::uint64_t recycles = 0;
  };

  Simulation(std::uint64_t seed, const Options& options);
  [[nodiscard]] Report run();

 private:
  [[nodiscard]] bool failed() const { return !violations_.empty(); }
  void step();
  void connect_client();
  void answer_start_request();
  void attach_worker();
  void disturb_client();
  void disturb_worker();
  void disturb_pool();
  void replace_configuration();
  void ask_as_operator();
  void read_differently(RandomPeer& peer);
  void end_process(RandomWorker& worker);
  void settle_the_ended();
  void end_step();
  void forget_the_gone();
  void consume();
  /// Time passes with every timer at its moment, or, as after a pause of the machine, with all of them late.
  void pass(Duration duration);
  void jump(Duration duration);
  void after_event(const engine::Event& event);
  void finish_calls();
  void stop();
  [[nodiscard]] Report report() const;
  void spoil(engine::Snapshot& snapshot) const;

  Dice dice_;
  Options options_;
  engine::EngineConfig config_;
  engine::EngineConfig checked_config_;  ///< The same, unless it is falsified.
  std::vector<std::string> violations_;
  EngineWorld world_;
  Invariants invariants_;
  Fairness fairness_;
  CallLedger ledger_;
  std::list<RandomClient> clients_;
  std::list<RandomWorker> workers_;
  std::vector<RandomWorker*> present_workers_;  ///< Those whose process or channel is still there.
  std::map<engine::PoolIndex, std::size_t> running_;
  std::set<ConnectionId> client_connections_;
  std::uint64_t events_ = 0;
  std::size_t logged_ = 0;  ///< Lines of the log that were printed.
};

}  // namespace plugbroker::sim
