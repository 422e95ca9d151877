// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/caller_table.h"

#include "broker_core/base/assert.h"

namespace plugbroker::engine {

Caller& CallerTable::meet(const std::string& sid) {
  if (Caller* known = find(sid)) {
    if (known->in_idle.linked) idle_.erase(*known);
    if (known->sessions == 0) idle_.push_back(*known);
    return *known;
  }
  Caller& caller =
      *callers_.emplace(sid, std::make_unique<Caller>(CallerId{++last_id_}, sid, quotas_, memory_)).first->second;
  become_idle(caller);
  return caller;
}

Caller* CallerTable::find(const std::string& sid) noexcept {
  const auto place = callers_.find(sid);
  return place == callers_.end() ? nullptr : place->second.get();
}

void CallerTable::enter(Caller& caller) noexcept {
  if (caller.sessions++ == 0) idle_.erase(caller);
}

void CallerTable::leave(Caller& caller) noexcept {
  PLUGBROKER_ASSERT(caller.sessions > 0);
  if (--caller.sessions > 0) return;
  PLUGBROKER_ASSERT(caller.calls == 0 && caller.memory.total() == 0);
  become_idle(caller);
}

void CallerTable::become_idle(Caller& caller) noexcept {
  idle_.push_back(caller);
  if (idle_.size() <= limits::max_idle_callers) return;
  Caller& oldest = *idle_.front();
  idle_.erase(oldest);
  const auto place = callers_.find(oldest.sid);
  callers_.erase(place);
}

}  // namespace plugbroker::engine
