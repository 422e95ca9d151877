// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "tests/integration/chaos/chaos_service.h"

namespace plugbroker::chaos {

/// Does harm to the service of the chaos run: a worker killed every second, and something else every other second.
///
/// What comes when follows from the seed; which worker it hits, also from which there are at the moment.
class FaultInjector {
 public:
  FaultInjector(ChaosService& service, std::uint32_t seed) : service_(service), random_(seed) {}

  /// Each kind once, at once.
  void run_each();
  /// Until so many seconds have passed; then resumes what was drained and waits for the ends of the calls that it made.
  void run_for(unsigned seconds);

  /// Faults by kind, those that came about: a worker may be gone before its kill.
  [[nodiscard]] const std::map<std::string, unsigned>& injected() const noexcept { return injected_; }
  /// A sentence for each command that the service refused and had no reason to.
  [[nodiscard]] const std::vector<std::string>& refusals() const noexcept { return refusals_; }

 private:
  struct Kind {
    const char* name;
    bool (FaultInjector::*inject)();  ///< False: it did not come about.
    unsigned weight;                  ///< How often it is drawn, among all weights.
  };
  static const std::vector<Kind>& kinds();

  bool kill_process();
  bool freeze_process();
  bool hang();
  bool leak();
  bool kill_by_command();
  bool drain();
  bool recycle();
  bool replace_files();
  bool reload();
  bool reload_of_a_bad_file();

  void inject(const Kind& kind);
  [[nodiscard]] const Kind& drawn_kind();
  [[nodiscard]] unsigned draw(unsigned below) { return static_cast<unsigned>(random_() % below); }
  [[nodiscard]] std::optional<ShownWorker> drawn_worker();
  [[nodiscard]] std::string drawn_pool();
  bool start_caller(const std::string& kind, const std::string& pool);
  /// True when the command was done. Exit codes other than `expected` are refusals.
  bool command(const std::vector<std::string>& arguments, std::uint32_t expected = 0);
  void resume_what_is_due(bool all);
  void finish();

  ChaosService& service_;
  std::mt19937 random_;
  std::map<std::string, unsigned> injected_;
  std::vector<std::string> refusals_;
  std::map<std::string, ULONGLONG> drained_;  ///< Pools, and when they are resumed.
  std::deque<harness::ChildProcess> callers_;
  unsigned callers_made_ = 0;
  unsigned deployments_ = 0;
  unsigned revision_ = 0;
};

}  // namespace plugbroker::chaos
