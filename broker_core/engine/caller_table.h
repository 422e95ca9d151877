// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

#include "broker_core/engine/caller.h"

namespace plugbroker::engine {

/// The users that have sessions, by SID, and the limits::max_idle_callers of those without that came last: so who
/// disconnects and comes again finds its rates as they were. As long as a user is known its number stays the same.
class CallerTable {
 public:
  explicit CallerTable(const QuotaConfig& quotas) : quotas_(quotas) {}

  /// Somebody of this SID is here. Valid as long as it has a session; without one, until the next call.
  [[nodiscard]] Caller& meet(const std::string& sid);
  /// Null when it is not known.
  [[nodiscard]] Caller* find(const std::string& sid) noexcept;

  /// One more session.
  void enter(Caller& caller) noexcept;
  /// One less; there must be one.
  void leave(Caller& caller) noexcept;

  /// What all of them hold.
  [[nodiscard]] const HeldMemory& memory() const noexcept { return memory_; }

  template <typename Visit>
  void for_each(Visit visit) const {
    for (const auto& [sid, caller] : callers_) visit(*caller);
  }

 private:
  void become_idle(Caller& caller) noexcept;

  const QuotaConfig& quotas_;
  HeldMemory memory_;
  std::unordered_map<std::string, std::unique_ptr<Caller>> callers_;
  IntrusiveList<Caller, &Caller::in_idle> idle_;  ///< Without a session; who was here longest ago is first.
  std::uint64_t last_id_ = 0;
};

}  // namespace plugbroker::engine
