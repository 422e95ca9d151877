// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/integration/chaos/chaos_pools.h"
#include "tests/integration/harness/child_process.h"
#include "tests/integration/harness/installed_service.h"

namespace plugbroker::chaos {

/// A worker as the status shows it.
struct ShownWorker {
  std::string pool;
  std::uint64_t id = 0;
  std::uint32_t process_id = 0;
};

/// The installed service of the chaos run, and what an administrator does to it.
class ChaosService {
 public:
  /// `records` is where clients and workers write their ledgers. Copies the worker of the pool `leaky`, installs the
  /// service and starts it.
  explicit ChaosService(const std::filesystem::path& records);

  [[nodiscard]] harness::InstalledService& installed() noexcept { return service_; }
  [[nodiscard]] const harness::InstalledService& installed() const noexcept { return service_; }
  [[nodiscard]] const std::filesystem::path& records() const noexcept { return pools_.records; }
  /// The folder of the program of the pool `leaky`.
  [[nodiscard]] std::filesystem::path deployment() const { return pools_.leaky_program.parent_path(); }

  /// Runs plugbrokerctl with these arguments and the service's admin pipe.
  [[nodiscard]] harness::Finished control(std::vector<std::string> arguments) const;

  /// The workers of all pools that are ready or busy.
  [[nodiscard]] std::vector<ShownWorker> workers() const;

  /// Writes the configuration with the settings of that revision.
  void write_config(unsigned revision) const { service_.write_config(pools_.options(revision)); }
  /// Writes one that no service accepts.
  void write_bad_config() const;

  /// Drains every pool until it has no process, resumes it and waits until it has those that it has at rest, which are
  /// all new then. Throws HarnessError when it doesn't come to that.
  void come_to_rest() const;

  /// The cases that are kept of workers that failed.
  [[nodiscard]] std::size_t evidence_cases() const;

 private:
  [[nodiscard]] ChaosPools make_pools(const std::filesystem::path& records) const;

  harness::TestFolder folder_;
  ChaosPools pools_;
  harness::InstalledService service_;
};

}  // namespace plugbroker::chaos
