// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <unordered_map>

#include "broker_core/engine/caller_table.h"
#include "broker_core/engine/session.h"

namespace plugbroker::engine {

/// All plugin connections, the closing ones too.
class SessionTable {
 public:
  using SessionList = IntrusiveList<Session, &Session::in_table>;

  explicit SessionTable(const QuotaConfig& quotas) : callers_(quotas) {}

  Session& add(ConnectionId connection, std::uint32_t process_id, std::string image);
  void remove(Session& session);
  [[nodiscard]] CallerTable& callers() noexcept { return callers_; }
  [[nodiscard]] const CallerTable& callers() const noexcept { return callers_; }
  /// Who calls is known, and may: once, before the session is open.
  void name_caller(Session& session, Caller& caller) noexcept {
    session.caller = &caller;
    callers_.enter(caller);
  }

  /// Every session, in the order they connected.
  [[nodiscard]] const SessionList& all() const noexcept { return all_; }

  /// Those that are not open yet (and not closing): bounded, see excess_half_open().
  [[nodiscard]] std::size_t half_open() const noexcept { return half_open_.size(); }
  /// To be called when the session was opened or closed.
  void end_half_open(Session& session) noexcept;
  /// The one to evict when there are more than limits::max_half_open_connections: of the process that has the most, the
  /// oldest. Null when there are not too many.
  [[nodiscard]] Session* excess_half_open() const;
  [[nodiscard]] Session* first_half_open() const noexcept { return half_open_.front(); }

  /// Identifying, open or draining: what max_sessions bounds.
  std::size_t admitted = 0;
  /// Open or draining.
  std::size_t open = 0;

 private:
  std::unordered_map<ConnectionId, std::unique_ptr<Session>> sessions_;
  SessionList all_;
  CallerTable callers_;
  IntrusiveList<Session, &Session::in_half_open> half_open_;
};

}  // namespace plugbroker::engine
