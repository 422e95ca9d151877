// SPDX-License-Identifier: Apache-2.0
#include "installer/data_folder_setup.h"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "broker_core/config/starter_config.h"
#include "tests/scratch_folder.h"

namespace plugbroker::installer {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;

constexpr const char* some_sid = "S-1-5-80-1-2-3-4-5";

class DataFolderSetup : public ::testing::Test {
 protected:
  static std::string content(const std::filesystem::path& file) {
    std::ifstream stream{file, std::ios::binary};
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
  }

  const test::ScratchFolder scratch_;
  const std::filesystem::path folder_ = scratch_.path() / "data";
};

TEST_F(DataFolderSetup, MakesTheFoldersOnceAndLeavesThemAloneThen) {
  const auto first = make_data_folders(folder_, some_sid);
  const auto second = make_data_folders(folder_, some_sid);

  ASSERT_TRUE(first.ok());
  EXPECT_THAT(*first, Each(HasSubstr("made the folder")));
  EXPECT_TRUE(std::filesystem::is_directory(folder_ / "logs"));
  EXPECT_TRUE(std::filesystem::is_directory(folder_ / "run"));
  EXPECT_TRUE(std::filesystem::is_directory(folder_ / "evidence"));
  EXPECT_TRUE(std::filesystem::is_directory(folder_ / "shadow"));
  EXPECT_TRUE(std::filesystem::is_directory(folder_ / "sandbox"));
  ASSERT_TRUE(second.ok());
  EXPECT_THAT(*second, Each(HasSubstr("was there")));
}

TEST_F(DataFolderSetup, NamesAFolderThatCannotBeMade) {
  std::ofstream{folder_} << "a file in its place";

  const auto steps = make_data_folders(folder_ / "below", some_sid);

  ASSERT_FALSE(steps.ok());
  EXPECT_THAT(steps.status().message, HasSubstr("below"));
}

TEST_F(DataFolderSetup, WritesTheStarterConfigurationOnlyWhereThereIsNone) {
  std::filesystem::create_directory(folder_);
  const std::filesystem::path file = folder_ / "c.json";

  ASSERT_TRUE(make_config_file(file).ok());
  EXPECT_EQ(content(file), config::starter_config());

  std::ofstream{file, std::ios::trunc} << "mine";
  ASSERT_TRUE(make_config_file(file).ok());
  EXPECT_EQ(content(file), "mine");
}

}  // namespace
}  // namespace plugbroker::installer
