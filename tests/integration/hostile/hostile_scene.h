// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/integration/harness/installed_service.h"
#include "tests/integration/harness/test_caller.h"
#include "tests/integration/hostile/admin_probe.h"
#include "tests/integration/hostile/log_grammar.h"

namespace plugbroker::hostile {

/// The fewest calls that the innocent caller completes while an attack runs.
inline constexpr std::uint64_t innocent_calls = 100;

/// What the service may hold more after an attack than before: what its heap keeps for the next time. Less than an
/// attack costs that leaves what it brought (HostileCheck.SeesMemoryThatIsLeft).
inline constexpr std::uint64_t memory_allowance = 16u << 20;

/// What was seen around an attack.
struct Aftermath {
  unsigned attacks = 0;
  std::vector<harness::CallReport> innocent;  ///< Every outcome of the caller that meant no harm.
  std::vector<std::string> contradictions;    ///< Between those and the ledger of his worker.
  AdminTimes admin;
  std::vector<std::string> leaks;  ///< What the service still held afterwards, in words; memory too.
};

/// The hostile client, once: how it ended and what it told.
struct Attacker {
  std::uint32_t process_id = 0;
  std::uint32_t exit_code = 0;
  std::string output;
  std::map<std::string, std::uint64_t> told;
};

/// A service with the pool "normal", whose worker keeps a ledger, and the pool "hostile" of the hostile worker. Its log
/// has the level that administrators have unless a test says otherwise.
class HostileScene : public testing::Test {
 protected:
  /// `mode` is the hostile worker's; `top` are further keys of the configuration, `settings` those of its pool.
  void start(const std::string& mode = "serve", boost::json::object top = {},
             boost::json::object settings = {{"min_workers", 1}, {"max_workers", 1}, {"concurrency", 64}});
  [[nodiscard]] harness::InstalledService& service() { return *service_; }

  /// Runs the hostile client to its end.
  [[nodiscard]] Attacker attack(const std::string& name, unsigned size = 1) const;
  [[nodiscard]] harness::ChildProcess begin_attack(const std::string& name, unsigned size = 1) const;

  /// Runs `attack` over and over until another process has completed innocent_calls calls, while a third one asks the
  /// admin pipe; counts before and after. `warm_up` goes before, so that what the first attack costs for good is not
  /// taken for a leak.
  [[nodiscard]] Aftermath survive(const std::function<void()>& attack, const std::function<void()>& warm_up);
  [[nodiscard]] Aftermath survive(const std::function<void()>& attack) { return survive(attack, attack); }
  /// One such run, without counting what the service holds.
  void attack_beside_others(const std::function<void()>& attack, std::uint64_t calls, Aftermath& result);

  /// Reports the times, and fails the test unless everybody else was served, the admin pipe answered throughout and
  /// nothing was left behind.
  void expect_nobody_else_suffered(const Aftermath& aftermath) const;

  /// The lines of the log so far; each has to be one.
  [[nodiscard]] std::vector<LogLine> whole_log() const;
  /// There is a line of that event that names this process, its program and its user. (With `sid` empty no user: who
  /// has not said HELLO has none.)
  void expect_named(const std::string& event, const Attacker& culprit, const std::string& sid) const;
  /// There is a line of that event that names a worker of the pool "hostile" by process and program.
  void expect_worker_named(const std::string& event) const;

  /// How long survive() waits for things to be as before.
  std::chrono::milliseconds patience_ = std::chrono::seconds{3};

 private:
  harness::TestFolder ledger_folder_;
  std::filesystem::path ledger_ = ledger_folder_.path() / "ledger.txt";
  std::unique_ptr<harness::InstalledService> service_;
};

/// In words, when the service's memory stays more than memory_allowance above `before`; nothing when it does not.
[[nodiscard]] std::vector<std::string> memory_left_by(const harness::InstalledService& service, std::uint64_t before,
                                                      std::chrono::milliseconds patience = std::chrono::seconds{10});

}  // namespace plugbroker::hostile
