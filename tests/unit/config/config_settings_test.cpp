// SPDX-License-Identifier: Apache-2.0
// Every setting: its default, a value that is allowed, what is outside of its range and what is not of its type.
#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <set>

#include "broker_core/base/duration_text.h"
#include "tests/unit/config/config_outcome.h"
#include "tests/unit/config/refused_values.h"
#include "tests/unit/config/setting_cases.h"

namespace plugbroker::config {
namespace {

namespace json = boost::json;
using ::testing::ElementsAre;
using ::testing::StartsWith;

std::string with_default() {
  return R"({"pools":{"p":{"command":["C:\\w.exe"],"routes":["r","s"]}}})";
}

std::vector<std::string> all_shown(const BrokerConfig& config) {
  std::vector<std::string> shown;
  for (const SettingCase& setting : all_setting_cases()) shown.push_back(setting.shown(config));
  return shown;
}

TEST(ConfigSettings, EachOfTheSchemaTableIsTestedHere) {
  std::set<std::string_view> tested{"/$schema"};
  for (const SettingCase& setting : all_setting_cases()) tested.insert(setting.path);
  std::set<std::string_view> all;
  for (const SchemaEntry& entry : schema_table()) all.insert(entry.path);

  EXPECT_EQ(tested, all);
}

TEST(ConfigSettings, EachHasItsDefaultWhenItIsAbsent) {
  const ConfigOutcome outcome = read(with_default());

  ASSERT_THAT(outcome.problems, ElementsAre());
  for (const SettingCase& setting : all_setting_cases()) {
    EXPECT_EQ(setting.shown(*outcome.config), setting.fallback) << setting.path;
  }
}

TEST(ConfigSettings, EachIsStoredWhereItBelongsAndNowhereElse) {
  const std::vector<SettingCase> cases = all_setting_cases();
  const std::vector<std::string> defaults = all_shown(read(with_default()).config.value());
  for (std::size_t index = 0; index < cases.size(); ++index) {
    SCOPED_TRACE(cases[index].path);
    const json::string_view value{cases[index].json.data(), cases[index].json.size()};
    const ConfigOutcome outcome = read(config_with(cases[index].path, json::parse(value)));
    ASSERT_THAT(outcome.problems, ElementsAre());
    std::vector<std::string> expected = defaults;
    expected[index] = cases[index].stored;
    EXPECT_EQ(all_shown(*outcome.config), expected);
  }
}

TEST(ConfigSettings, EachIsRefusedOutsideOfItsRange) {
  for (const SchemaEntry& entry : schema_table()) {
    for (const RefusedValue& refused : values_out_of_range(entry)) {
      SCOPED_TRACE(config_with(entry.path, refused.value).substr(0, 400));
      EXPECT_THAT(read(config_with(entry.path, refused.value)).problems,
                  ElementsAre(place_of(entry.path) + ": " + refused.problem));
    }
  }
}

TEST(ConfigSettings, EachIsRefusedWithAnotherType) {
  for (const SchemaEntry& entry : schema_table()) {
    for (const json::value& value : values_of_other_types(entry)) {
      SCOPED_TRACE(config_with(entry.path, value));
      EXPECT_THAT(read(config_with(entry.path, value)).problems,
                  ElementsAre(StartsWith(place_of(entry.path) + ": expects ")));
    }
  }
}

TEST(ConfigSettings, WhereZeroMeansNoneItIsAllowedBelowTheRange) {
  EXPECT_THAT(read(with_pool_keys(R"("ping_interval":"0ms","process":{"max_memory_bytes":0})")).problems,
              ElementsAre());
  EXPECT_THAT(read(with_pool_keys(R"("ping_interval":"99ms")")).problems,
              ElementsAre("/pools/p/ping_interval: 99ms is neither 0s nor in 100ms..1h"));
  EXPECT_THAT(read(with_pool_keys(R"("process":{"max_memory_bytes":512})")).problems,
              ElementsAre("/pools/p/process/max_memory_bytes: 512 is neither 0 nor in 16777216..1099511627776"));
}

TEST(ConfigSettings, TheSchemaOfAnEditorIsPassedOver) {
  EXPECT_THAT(read(with_top_keys(R"("$schema":"plugbroker.schema.json",)")).problems, ElementsAre());
}

}  // namespace
}  // namespace plugbroker::config
