// SPDX-License-Identifier: Apache-2.0
#include "installer/folder_removal.h"

#include <gtest/gtest.h>
#include <windows.h>

#include <fstream>

#include "tests/scratch_folder.h"
#include "tests/unit/win/test_guard.h"

namespace plugbroker::installer {
namespace {

class FolderRemoval : public ::testing::Test {
 protected:
  FolderRemoval() {
    std::filesystem::create_directories(folder_ / "a" / "b");
    std::ofstream{folder_ / "a" / "b" / "file"} << "x";
    std::ofstream{folder_ / "read only"} << "x";
    SetFileAttributesW((folder_ / "read only").c_str(), FILE_ATTRIBUTE_READONLY);
  }

  const test::ScratchFolder scratch_;
  const std::filesystem::path folder_ = scratch_.path() / "folder";
};

TEST_F(FolderRemoval, RemovesEverything) {
  EXPECT_TRUE(remove_folder_tree(folder_, WhenInUse::leave));
  EXPECT_FALSE(std::filesystem::exists(folder_));
  EXPECT_TRUE(remove_folder_tree(folder_, WhenInUse::leave));
}

TEST_F(FolderRemoval, LeavesWhatIsInUseAndSaysSo) {
  const HANDLE open = CreateFileW((folder_ / "a" / "b" / "file").c_str(), GENERIC_READ, FILE_SHARE_READ, nullptr,
                                  OPEN_EXISTING, 0, nullptr);
  ASSERT_NE(open, INVALID_HANDLE_VALUE);

  EXPECT_FALSE(remove_folder_tree(folder_, WhenInUse::leave));

  EXPECT_TRUE(std::filesystem::exists(folder_ / "a" / "b" / "file"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "read only"));
  CloseHandle(open);
  EXPECT_TRUE(remove_folder_tree(folder_, WhenInUse::leave));
}

TEST_F(FolderRemoval, RemovesALinkAndNotWhatItLeadsTo) {
  if (test::runs_under_wine()) GTEST_SKIP() << "Wine: no symbolic link or junction can be made";
  const std::filesystem::path target = scratch_.path() / "target";
  std::filesystem::create_directory(target);
  std::ofstream{target / "precious"} << "x";
  ASSERT_TRUE(CreateSymbolicLinkW((folder_ / "link").c_str(), target.c_str(), SYMBOLIC_LINK_FLAG_DIRECTORY));

  EXPECT_TRUE(remove_folder_tree(folder_, WhenInUse::leave));

  EXPECT_TRUE(std::filesystem::exists(target / "precious"));
}

}  // namespace
}  // namespace plugbroker::installer
