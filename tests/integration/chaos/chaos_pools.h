// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>

#include "tests/integration/harness/installed_service.h"

namespace plugbroker::chaos {

/// The configuration of the chaos run: four pools of the worker that writes ledgers, each with settings of its own.
///
///   one     one call at a time, a fixed number of workers; dumps of those that hang
///   many    several calls at once, sticky sessions, recycled after some calls
///   demand  none at least, one spare, idle ones stop; calls wait for 5 s at most
///   leaky   recycled by memory and when its files change
///
/// A pool's routes are its name, a dot, and the kind of call. No route is idempotent. Breakers open after 1,000
/// failures, because here a worker fails every second.
struct ChaosPools {
  std::filesystem::path leaky_program;  ///< In a folder of its own, whose files may be replaced.
  std::filesystem::path records;        ///< Where the workers' ledgers go.
  std::filesystem::path folder;         ///< For the log and the cases.

  /// `revision` changes the settings of two pools, so that a reload has something to do.
  [[nodiscard]] harness::InstalledService::Options options(unsigned revision) const;
};

/// The workers that each pool has while nobody calls, after a while.
[[nodiscard]] const std::map<std::string, std::size_t>& workers_at_rest();

/// What mixed_caller has to be given as PREFIXES to call all four.
[[nodiscard]] std::string route_prefixes();

}  // namespace plugbroker::chaos
