// SPDX-License-Identifier: Apache-2.0
#include "broker_core/config/config_changes.h"

#include <gmock/gmock.h>

#include "broker_core/config/schema_table.h"

namespace plugbroker::config {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

PoolConfig pool(std::string name) {
  PoolConfig made;
  made.name = std::move(name);
  made.command = {"C:\\Apps\\worker.exe"};
  return made;
}

BrokerConfig config_with(std::vector<PoolConfig> pools) {
  BrokerConfig config;
  config.pools = std::move(pools);
  return config;
}

TEST(ConfigChanges, AreNoneOfTheSameFile) {
  const BrokerConfig config = config_with({pool("a"), pool("b")});

  EXPECT_EQ(config_changes(config, config), ConfigChanges{.pools_unchanged = 2});
}

TEST(ConfigChanges, TellPoolsByTheirNames) {
  const BrokerConfig running = config_with({pool("gone"), pool("stays"), pool("other")});
  BrokerConfig next = config_with({pool("new"), pool("other"), pool("stays")});
  next.pools[1].max_workers = 7;

  const ConfigChanges changes = config_changes(running, next);

  EXPECT_THAT(changes.pools_added, ElementsAre("new"));
  EXPECT_THAT(changes.pools_changed, ElementsAre("other"));
  EXPECT_THAT(changes.pools_removed, ElementsAre("gone"));
  EXPECT_EQ(changes.pools_unchanged, 1u);
}

TEST(ConfigChanges, SeeWhatIsBelowAPoolsOwnKeys) {
  const BrokerConfig running = config_with({pool("a"), pool("b"), pool("c"), pool("d")});
  BrokerConfig next = running;
  next.pools[0].recycle.at = {"03:30"};
  next.pools[1].process.max_processes = 1;
  next.pools[2].breaker.window = 1s;
  next.pools[3].token = TokenKind::inherit;

  EXPECT_THAT(config_changes(running, next).pools_changed, ElementsAre("a", "b", "c", "d"));
}

TEST(ConfigChanges, TellAccessFromWhatWorkersAreReplacedFor) {
  const BrokerConfig running = config_with({pool("a"), pool("b"), pool("c")});
  BrokerConfig next = running;
  next.pools[0].access = "D:(A;;0x1;;;SY)";
  next.pools[1].route_access["r"] = "D:(A;;0x1;;;SY)";
  next.pools[2].access = "D:(A;;0x1;;;SY)";
  next.pools[2].max_workers = 7;

  const ConfigChanges changes = config_changes(running, next);

  EXPECT_THAT(changes.access_changed, ElementsAre("a", "b"));
  EXPECT_THAT(changes.pools_changed, ElementsAre("c"));
  EXPECT_EQ(text_of(changes),
            "pools: 0 added, 1 changed (c), 0 removed, 0 unchanged; access changed: a, b");
}

TEST(ConfigChanges, NameSettingsThatNeedARestartByTheirPaths) {
  const BrokerConfig running = config_with({pool("a")});
  BrokerConfig next = running;
  next.evidence.max_cases = 3;
  next.log.level = LogLevel::error;
  next.pipe = "\\\\.\\pipe\\Other";

  EXPECT_THAT(config_changes(running, next).restart_needed, ElementsAre("/pipe", "/log/level", "/evidence/max_cases"));
}

TEST(ConfigChanges, KnowEverySettingOutsideOfPools) {
  std::vector<std::string_view> settings;
  for (const SchemaEntry& entry : schema_table()) {
    if (!entry.path.starts_with("/pools") && entry.path != "/$schema") settings.push_back(entry.path);
  }

  EXPECT_THAT(restart_settings(), ElementsAreArray(settings));
}

TEST(ConfigChanges, AreOneLineForPeople) {
  const ConfigChanges changes{
      .pools_added = {"x", "y"}, .pools_unchanged = 3, .restart_needed = {"/pipe", "/log/level"}};

  EXPECT_EQ(text_of(changes),
            "pools: 2 added (x, y), 0 changed, 0 removed, 3 unchanged; from the next start of the service only: /pipe, "
            "/log/level");
  EXPECT_EQ(text_of(ConfigChanges{.pools_unchanged = 1}), "pools: 0 added, 0 changed, 0 removed, 1 unchanged");
}

}  // namespace
}  // namespace plugbroker::config
