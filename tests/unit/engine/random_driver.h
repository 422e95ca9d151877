// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <vector>

#include "tests/unit/engine/random_peers.h"

namespace plugbroker::engine::testing {

/// Drives an engine with clients and workers that do everything, in an order that a seed decides, and checks after
/// every step what must always hold; at the end everything finishes, stops, and must be gone.
class RandomDriver {
 public:
  struct Options {
    int steps = 400;
    bool lose_ends = false;      ///< Each client's first END gets lost on its way: the checks must find that.
    bool lose_messages = false;  ///< The same of each client's first message.
  };
  struct Report {
    std::vector<std::string> violations;
    std::map<StatusCode, int> outcomes;  ///< As the clients saw them.
    std::uint64_t workers_started = 0;
    std::uint64_t workers_failed = 0;
    std::uint64_t calls_repeated = 0;
  };

  RandomDriver(std::uint64_t seed, const Options& options);
  [[nodiscard]] Report run();

 private:
  void step();
  void answer_start_request();
  void disturb_client();
  void disturb_worker();
  void disturb_pool();
  void end_process(RandomWorker& worker);
  void settle_the_ended();
  void consume();
  void check_bounds();
  void finish_calls();
  void stop();
  void check_emptiness();

  Dice dice_;
  Options options_;
  EngineWorld world_;
  std::vector<std::string> violations_;
  std::list<RandomClient> clients_;
  std::list<RandomWorker> workers_;
};

}  // namespace plugbroker::engine::testing
