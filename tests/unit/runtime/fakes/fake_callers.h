// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "broker_core/runtime/caller_identifier.h"

namespace plugbroker::test {

/// Everybody is the same user and may call everything, unless the test sets `result`.
class FakeCallers final : public runtime::CallerIdentifier {
 public:
  explicit FakeCallers(std::size_t routes) : routes_(routes) {}

  [[nodiscard]] engine::CallerIdentified identify(ConnectionId connection) override {
    asked_.push_back(connection);
    return {connection, result, "S-1-5-21-1-2-3-1001", "HOST\\user", std::vector<bool>(routes_, true)};
  }
  [[nodiscard]] std::vector<engine::CallerNamed> take_names() override { return std::exchange(names, {}); }
  [[nodiscard]] const std::vector<ConnectionId>& asked() const { return asked_; }

  Status result;
  std::vector<engine::CallerNamed> names;  ///< To be told next.

 private:
  std::size_t routes_;
  std::vector<ConnectionId> asked_;
};

}  // namespace plugbroker::test
