// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "broker_core/base/time.h"
#include "broker_core/runtime/worker_token.h"
#include "broker_core/win/worker_limits.h"

namespace plugbroker::win {

enum class DumpKind : std::uint8_t { off, mini, full };

/// When a pool's running workers are outdated.
struct OutdatedRules {
  std::vector<int> daily_minutes{};  ///< Of the local day: at which times.
  bool on_file_change = false;       ///< Of the program's folder; workers then run from a copy of it.
  Duration quiet_period{};           ///< Without a change, before a change counts.

  bool operator==(const OutdatedRules&) const = default;
};

/// How to start a worker of one pool. All texts are UTF-8.
struct LaunchSpec {
  std::string pool;
  std::vector<std::string>
      command;                    ///< The program by its absolute path, then its arguments.
  std::string working_directory;  ///< Empty: the program's folder.
  std::map<std::string, std::string> environment{};  ///< On top of the account's own.
  WorkerLimits limits{};
  runtime::TokenKind token = runtime::TokenKind::restricted;
  DumpKind dump = DumpKind::off;
  OutdatedRules outdated{};

  bool operator==(const LaunchSpec&) const = default;
};

}  // namespace plugbroker::win
