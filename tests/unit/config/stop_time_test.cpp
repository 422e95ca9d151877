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

TEST(LongestStop, CanBeOfAnyGrace) {
  BrokerConfig config;
  config.stop_grace = 20s;

  EXPECT_EQ(longest_stop(config, 3s), 3s + 15s);
}

TEST(ShutdownGrace, IsTheConfiguredOneAsLongAsTheSystemWaitsTwiceAsLong) {
  BrokerConfig config;
  config.shutdown_grace = 5s;

  EXPECT_EQ(shutdown_grace(config, std::nullopt), 5s);
  EXPECT_EQ(shutdown_grace(config, 60s), 5s);
  EXPECT_EQ(shutdown_grace(config, 10s), 5s);
  EXPECT_EQ(shutdown_grace(config, 4s), 2s);
}

TEST(ShutdownTime, IsEnoughForTheLongestStopWithEitherGrace) {
  BrokerConfig config;
  config.stop_grace = 20s;
  config.shutdown_grace = 5s;
  EXPECT_EQ(shutdown_time(config), longest_stop(config));

  config.shutdown_grace = 25s;
  EXPECT_EQ(shutdown_time(config), 2 * 25s);

  config.pools.resize(1);
  config.pools[0].stop_timeout = 60s;
  EXPECT_EQ(shutdown_time(config), longest_stop(config, 25s));
}

TEST(ShutdownTime, LeavesTheConfiguredGraceWhole) {
  BrokerConfig config;
  config.shutdown_grace = 10min;

  EXPECT_EQ(shutdown_grace(config, shutdown_time(config)), config.shutdown_grace);
}

}  // namespace
}  // namespace plugbroker::config
