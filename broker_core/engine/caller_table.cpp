// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/caller_table.h"

#include "broker_core/base/assert.h"

namespace plugbroker::engine {

CallerId CallerTable::add(const std::string& sid) {
  Caller& caller = callers_[sid];
  if (caller.sessions++ == 0) caller.id = CallerId{++last_id_};
  return caller.id;
}

void CallerTable::remove(const std::string& sid) noexcept {
  const auto place = callers_.find(sid);
  PLUGBROKER_ASSERT(place != callers_.end());
  if (--place->second.sessions == 0) callers_.erase(place);
}

}  // namespace plugbroker::engine
