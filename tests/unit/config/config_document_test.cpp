// SPDX-License-Identifier: Apache-2.0
#include "broker_core/config/config_document.h"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "broker_core/config/schema_table.h"
#include "broker_core/config/value_reader.h"
#include "tests/unit/config/config_outcome.h"

namespace plugbroker::config {
namespace {

TEST(ConfigDocument, IsWhatTheRepositoryHolds) {
  std::ifstream file{"docs/CONFIG.md", std::ios::binary};
  std::ostringstream text;
  text << file.rdbuf();

  EXPECT_EQ(text.str(), config_document()) << "Run: plugbroker_config_document > docs/CONFIG.md";
}

TEST(ConfigDocument, NamesEveryKey) {
  const std::string document = config_document();
  for (const SchemaEntry& entry : schema_table()) {
    EXPECT_THAT(document, ::testing::HasSubstr("| `" + std::string{key_of(entry)} + "` |"));
  }
}

TEST(ConfigDocument, HasARowForEveryKeyOfEveryObject) {
  const std::string document = config_document();
  std::size_t rows = 0;
  for (std::size_t at = document.find("\n| `"); at != std::string::npos; at = document.find("\n| `", at + 1)) ++rows;

  EXPECT_EQ(rows, schema_table().size());
}

TEST(ConfigDocument, HasAnExampleThatIsRight) {
  const std::string document = config_document();
  const std::size_t begin = document.find("```jsonc\n") + 9;
  const std::string example = document.substr(begin, document.find("```", begin) - begin);

  EXPECT_THAT(read(example).problems, ::testing::ElementsAre());
}

TEST(SchemaTable, HasNoPathTwiceAndAStoreForEach) {
  std::set<std::string_view> paths;
  for (const SchemaEntry& entry : schema_table()) {
    EXPECT_TRUE(paths.insert(entry.path).second) << entry.path;
    EXPECT_NE(entry.store, nullptr) << entry.path;
    EXPECT_LE(entry.minimum, entry.maximum) << entry.path;
    EXPECT_FALSE(entry.description.empty()) << entry.path;
  }
}

TEST(SchemaTable, HasDefaultsInsideTheirRanges) {
  for (const SchemaEntry& entry : schema_table()) {
    SCOPED_TRACE(entry.path);
    ProblemList problems;
    const bool checked = !entry.required && !entry.fallback.empty();
    const boost::json::value json = checked ? fallback_json(entry) : boost::json::value{};
    EXPECT_EQ(checked, read_value(entry, json, entry.path, problems).has_value());
  }
}

}  // namespace
}  // namespace plugbroker::config
