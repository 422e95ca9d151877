// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/fairness.h"

#include <utility>

namespace plugbroker::sim {

void Fairness::check(const std::list<RandomClient>& clients) {
  std::map<std::string, User> users;
  for (const RandomClient& client : clients) {
    User& user = users[client.sid()];
    user.ends += client.ends();
    user.refused_calls += client.calls_refused_by_quota();
    user.refused_sessions += client.refused_by_quota() ? 1u : 0u;
    if (!client.pipe.open) continue;
    user.sessions += client.opened() ? 1u : 0u;
    user.open_calls += client.calls();
  }
  for (const auto& [sid, user] : users) {
    const User before = before_[sid];
    // Calls that ended with this event may have been there when another one was refused.
    const std::uint64_t most_calls = user.open_calls + (user.ends - before.ends);
    if (user.refused_calls > before.refused_calls && most_calls <= config_.quotas.max_calls)
      violations_.push_back("a call was refused by the quota of " + sid + ", who has fewer calls");
    // A session that was there has not gone with the event that was the HELLO of another.
    if (user.refused_sessions > before.refused_sessions && user.sessions < config_.quotas.max_sessions)
      violations_.push_back("a session was refused by the quota of " + sid + ", who has fewer sessions");
  }
  before_ = std::move(users);
}

}  // namespace plugbroker::sim
