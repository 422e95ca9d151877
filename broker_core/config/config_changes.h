// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "broker_core/config/broker_config.h"

namespace plugbroker::config {

/// What a configuration that was read again changes of the one that runs.
struct ConfigChanges {
  std::vector<std::string> pools_added{};
  std::vector<std::string> pools_changed{};   ///< In anything that their objects say, beside who may call.
  std::vector<std::string> access_changed{};  ///< In who may call, and nothing else.
  std::vector<std::string> pools_removed{};
  std::size_t pools_unchanged = 0;
  /// Settings outside of `pools` that differ, as paths ("/log/level"). They count from the next start of the service
  /// only.
  std::vector<std::string_view> restart_needed{};

  bool operator==(const ConfigChanges&) const = default;
};

/// Pools are the same when their names are. Lists are in the order of `next`, `pools_removed` in that of `running`.
[[nodiscard]] ConfigChanges config_changes(const BrokerConfig& running, const BrokerConfig& next);

/// Every setting that can be in `restart_needed`.
[[nodiscard]] std::vector<std::string_view> restart_settings();

/// One line for people: "pools: 1 added (reports), 0 changed, 0 removed, 2 unchanged; from the next start of the
/// service only: /log/level".
[[nodiscard]] std::string text_of(const ConfigChanges& changes);

}  // namespace plugbroker::config
