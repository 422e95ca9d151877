// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <vector>

#include "tests/sim/random_client.h"

namespace plugbroker::sim {

/// What one user may have is his own: a session or call that is refused by his quota of sessions or calls is one of a
/// user who has as many as that, by what his own clients count. So nobody is refused for what others do.
class Fairness {
 public:
  Fairness(const engine::EngineConfig& config, std::vector<std::string>& violations)
      : config_(config), violations_(violations) {}

  /// After every event.
  void check(const std::list<RandomClient>& clients);

 private:
  struct User {
    std::uint64_t sessions = 0;
    std::uint64_t open_calls = 0;
    std::uint64_t ends = 0;           ///< So far.
    std::uint64_t refused_calls = 0;  ///< So far, of the ends.
    std::uint64_t refused_sessions = 0;
  };

  const engine::EngineConfig& config_;
  std::vector<std::string>& violations_;
  std::map<std::string, User> before_;
};

}  // namespace plugbroker::sim
