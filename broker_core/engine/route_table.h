// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "broker_core/engine/commands.h"
#include "broker_core/engine/engine_config.h"

namespace plugbroker::engine {

/// All routes of all pools in the config's order. A route named twice belongs to the first pool that names it.
class RouteTable {
 public:
  explicit RouteTable(const std::vector<PoolConfig>& pools);

  [[nodiscard]] std::optional<RouteIndex> find(std::string_view route) const;
  [[nodiscard]] PoolIndex pool_of(RouteIndex route) const { return pools_[route]; }
  [[nodiscard]] std::span<const std::string> names() const noexcept { return names_; }

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };

  std::vector<std::string> names_;
  std::vector<PoolIndex> pools_;
  std::unordered_map<std::string, RouteIndex, TextHash, std::equal_to<>> by_name_;
};

}  // namespace plugbroker::engine
