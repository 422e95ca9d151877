// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker_core/config/broker_config.h"

namespace plugbroker::config {

enum class PathKind : std::uint8_t { file, folder };

/// Answers whether an absolute path names something of that kind that exists.
using PathProbe = std::function<bool(const std::string& path, PathKind kind)>;

/// What Windows finds wrong with an SDDL that is sound by access_rules.h; empty when nothing is.
using AccessProbe = std::function<std::string(const std::string& sddl)>;

/// A configuration, or everything that is wrong with it. Exactly one of the two is there.
struct ConfigOutcome {
  std::optional<BrokerConfig> config;
  /// One line each: "/pools/markdown/max_workers: 0 is outside 1..256", or "line 3, column 7: …" for a syntax error,
  /// which then is the only one. Printable as they are.
  std::vector<std::string> problems;
};

/// Reads and checks the text of a configuration file (docs/CONFIG.md). Without `access` nobody asks Windows about who
/// may call.
[[nodiscard]] ConfigOutcome read_config(std::string_view text, const PathProbe& exists, const AccessProbe& access = {});

}  // namespace plugbroker::config
