// SPDX-License-Identifier: Apache-2.0
#include "broker_core/config/stop_time.h"

#include <gtest/gtest.h>

namespace plugbroker::config {
namespace {

using namespace std::chrono_literals;

TEST(LongestStop, IsTheGraceThenTheSlowestPoolsAndAMargin) {
  BrokerConfig config;
  config.stop_grace = 20s;
  config.pools.resize(2);
  config.pools[0].cancel_grace = 11s;
  config.pools[0].stop_timeout = 1s;
  config.pools[1].cancel_grace = 5s;
  config.pools[1].stop_timeout = 10s;

  EXPECT_EQ(longest_stop(config), 20s + 11s + 10s + 15s);
}

TEST(LongestStop, HasTimeForADumpWhereOneIsKept) {
  BrokerConfig config;
  config.evidence.dump_timeout = 40s;
  config.evidence.max_cases = 1;
  config.pools.resize(2);
  EXPECT_EQ(longest_stop(config), 15s);

  config.pools[1].dump = DumpKind::mini;
  EXPECT_EQ(longest_stop(config), 40s + 15s);

  config.evidence.max_cases = 0;
  EXPECT_EQ(longest_stop(config), 15s);
}

}  // namespace
}  // namespace plugbroker::config
