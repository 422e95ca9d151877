// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

#include "broker_core/base/strong_id.h"

namespace plugbroker::engine {

/// A number for each SID that has sessions, so that what is kept for each caller is found without comparing texts. As
/// long as any session of a SID lives, its number stays the same.
class CallerTable {
 public:
  /// One more session of this SID.
  [[nodiscard]] CallerId add(const std::string& sid);
  /// One less; there must be one.
  void remove(const std::string& sid) noexcept;

 private:
  struct Caller {
    CallerId id;
    std::size_t sessions = 0;
  };

  std::unordered_map<std::string, Caller> callers_;
  std::uint64_t last_id_ = 0;
};

}  // namespace plugbroker::engine
