// SPDX-License-Identifier: Apache-2.0
#include "broker_core/config/config_json_schema.h"

#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <fstream>
#include <sstream>

#include "broker_core/config/config_document.h"
#include "broker_core/config/json_text.h"
#include "broker_core/config/starter_config.h"
#include "tests/unit/config/config_outcome.h"
#include "tests/unit/config/refused_values.h"
#include "tests/unit/config/schema_verdict.h"
#include "tests/unit/config/setting_cases.h"

namespace plugbroker::config {
namespace {

namespace json = boost::json;

std::string verdict(std::string_view config) {
  static const json::value schema = json::parse(config_json_schema());
  return schema_verdict(schema, parse_json_text(config).value());
}

TEST(ConfigJsonSchema, IsWhatTheRepositoryHolds) {
  std::ifstream file{"docs/plugbroker.schema.json", std::ios::binary};
  std::ostringstream text;
  text << file.rdbuf();

  EXPECT_EQ(text.str(), config_json_schema())
      << "Run: plugbroker_config_document --json-schema > docs/plugbroker.schema.json";
}

TEST(ConfigJsonSchema, AcceptsTheExampleOfTheDocument) {
  const std::string document = config_document();
  const std::size_t begin = document.find("```jsonc\n") + 9;

  EXPECT_EQ(verdict(document.substr(begin, document.find("```", begin) - begin)), "");
}

TEST(ConfigJsonSchema, MissesNothingInTheStarterFileButAPool) {
  EXPECT_EQ(verdict(starter_config()), "/pools: minProperties");
}

TEST(ConfigJsonSchema, AcceptsEverySettingThatTheReaderAccepts) {
  for (const SettingCase& setting : all_setting_cases()) {
    const json::string_view value{setting.json.data(), setting.json.size()};
    EXPECT_EQ(verdict(config_with(setting.path, json::parse(value))), "");
  }
  EXPECT_EQ(verdict(with_top_keys(R"("$schema":"plugbroker.schema.json",)")), "");
  EXPECT_EQ(verdict(with_pool_keys(R"("process":{"max_memory_bytes":0})")), "");
}

TEST(ConfigJsonSchema, RefusesEveryOtherType) {
  for (const SchemaEntry& entry : schema_table()) {
    for (const json::value& value : values_of_other_types(entry)) {
      EXPECT_NE(verdict(config_with(entry.path, value)), "") << config_with(entry.path, value);
    }
  }
}

TEST(ConfigJsonSchema, RefusesEveryNumberAndSizeOutsideOfItsRange) {
  for (const SchemaEntry& entry : schema_table()) {
    for (const RefusedValue& refused : values_out_of_range(entry)) {
      const bool says_it = entry.type != ValueType::duration;
      EXPECT_EQ(!verdict(config_with(entry.path, refused.value)).empty(), says_it) << entry.path;
    }
  }
}

TEST(ConfigJsonSchema, RefusesWhatIsMissingUnknownMisspeltOrThereTwice) {
  EXPECT_EQ(verdict("{}"), ": required");
  EXPECT_EQ(verdict(R"({"pools":{"p":{"command":["C:\\w.exe"]}}})"), "/pools/p: required");
  EXPECT_EQ(verdict(with_top_keys(R"("colour":1,)")), "/colour: unknown");
  EXPECT_EQ(verdict(with_pool_keys(R"("recycle":{"after_call":1})")), "/pools/p/recycle/after_call: unknown");
  EXPECT_EQ(verdict(with_pool_keys(R"("recycle":{"at":["24:00"]})")), "/pools/p/recycle/at/*: pattern");
  EXPECT_EQ(verdict(with_pool_keys(R"("recycle":{"at":["03:30","03:30"]})")), "/pools/p/recycle/at: uniqueItems");
  EXPECT_EQ(verdict(with_pool_keys(R"("working_directory":"work")")), "/pools/p/working_directory: pattern");
  EXPECT_EQ(verdict(with_pool_keys(R"("dump":"all")")), "/pools/p/dump: enum");
  EXPECT_EQ(verdict(with_top_keys(R"("pipe":"PlugBroker",)")), "/pipe: pattern");
  EXPECT_EQ(verdict(with_top_keys(R"("pipe":"\\\\.\\pipe\\..",)")), "/pipe: pattern");
  EXPECT_EQ(verdict(R"({"pools":{"a b":{"command":["C:\\w.exe"],"routes":["r"]}}})"), "/pools/a b: pattern");
}

}  // namespace
}  // namespace plugbroker::config
