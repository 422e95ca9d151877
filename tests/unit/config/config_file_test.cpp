// SPDX-License-Identifier: Apache-2.0
#include "broker_core/config/config_file.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "broker_core/config/starter_config.h"
#include "tests/scratch_folder.h"
#include "tests/unit/config/config_outcome.h"

namespace plugbroker::config {
namespace {

using ::testing::ElementsAre;

bool always_there(const std::string&, PathKind) {
  return true;
}

std::string text_of(const std::filesystem::path& path) {
  const std::u8string utf8 = path.u8string();
  return {utf8.begin(), utf8.end()};
}

class ConfigFile : public ::testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path file_with(std::string_view text, const std::u8string& name = u8"c.json") const {
    std::ofstream file{folder_ / name, std::ios::binary};
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
    return folder_ / name;
  }

  const test::ScratchFolder scratch_;
  const std::filesystem::path& folder_ = scratch_.path();
};

TEST_F(ConfigFile, IsReadFromAPathWithAnyLetters) {
  const ConfigOutcome outcome = load_config(text_of(file_with(with_top_keys(""), u8"Grüße €.json")), always_there);

  EXPECT_THAT(outcome.problems, ElementsAre());
  EXPECT_TRUE(outcome.config.has_value());
}

TEST_F(ConfigFile, SaysThatItIsMissing) {
  EXPECT_THAT(load_config(text_of(folder_ / "none.json"), always_there).problems, ElementsAre("there is no such file"));
}

TEST_F(ConfigFile, SaysThatItIsAFolder) {
  EXPECT_THAT(load_config(text_of(folder_), always_there).problems, ElementsAre("is not a file"));
}

TEST_F(ConfigFile, SaysThatItIsTooLarge) {
  std::string text = with_top_keys("");
  text.resize(1024 * 1024, ' ');
  EXPECT_THAT(load_config(text_of(file_with(text)), always_there).problems, ElementsAre());

  text += ' ';
  EXPECT_THAT(load_config(text_of(file_with(text)), always_there).problems,
              ElementsAre("is larger than 1 MiB, so it is not read"));
}

TEST_F(ConfigFile, SaysThatItBeginsWithAByteOrderMark) {
  EXPECT_THAT(
      load_config(text_of(file_with("\xEF\xBB\xBF{}")), always_there).problems,
      ElementsAre("begins with a byte order mark: save it as UTF-8 without one (\"UTF-8\", not \"UTF-8 with BOM\")"));
}

TEST_F(ConfigFile, SaysThatItIsUtf16) {
  EXPECT_THAT(load_config(text_of(file_with(std::string_view{"\xFF\xFE{\0}\0", 6})), always_there).problems,
              ElementsAre("is UTF-16: save it as UTF-8 without a byte order mark"));
}

TEST_F(ConfigFile, ProbeKnowsFilesFromFolders) {
  EXPECT_TRUE(path_exists(text_of(file_with("x")), PathKind::file));
  EXPECT_FALSE(path_exists(text_of(folder_), PathKind::file));
  EXPECT_FALSE(path_exists(text_of(folder_ / "none"), PathKind::file));
  EXPECT_TRUE(path_exists(text_of(folder_), PathKind::folder));
  EXPECT_FALSE(path_exists(text_of(folder_ / "none"), PathKind::folder));
}

TEST(StarterConfig, LacksNothingButAPool) {
  EXPECT_THAT(read(starter_config()).problems, ElementsAre("/pools: at least one pool is needed"));
}

}  // namespace
}  // namespace plugbroker::config
