// SPDX-License-Identifier: Apache-2.0
#include "installer/file_changes.h"

#include <gmock/gmock.h>
#include <windows.h>

#include <fstream>

#include "tests/scratch_folder.h"

namespace plugbroker::installer {
namespace {

using ::testing::ElementsAre;

class FileChanges : public ::testing::Test {
 protected:
  static void write(const std::filesystem::path& path, const std::string& text) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream{path, std::ios::binary} << text;
  }

  const test::ScratchFolder scratch_;
  const std::filesystem::path a_ = scratch_.path() / "a";
  const std::filesystem::path b_ = scratch_.path() / "deeper" / "b";
};

TEST_F(FileChanges, FilesAreListedWithTheirPathsBelow) {
  write(scratch_.path() / "x" / "y" / "1", "");
  write(scratch_.path() / "x" / "2", "");

  const auto files = list_files(scratch_.path() / "x");

  ASSERT_TRUE(files.ok());
  EXPECT_THAT(*files, ElementsAre(L"2", L"y\\1"));
  EXPECT_TRUE(list_files(scratch_.path() / "none")->empty());
}

TEST_F(FileChanges, ContentsAreCompared) {
  write(a_, std::string(200'000, 'x'));
  write(b_, std::string(200'000, 'x'));
  EXPECT_TRUE(have_same_content(a_, b_));

  write(b_, std::string(199'999, 'x') + "y");
  EXPECT_FALSE(have_same_content(a_, b_));
  write(b_, "x");
  EXPECT_FALSE(have_same_content(a_, b_));
  EXPECT_FALSE(have_same_content(a_, scratch_.path() / "none"));
}

TEST_F(FileChanges, AMoveMakesFoldersAndReplacesNothing) {
  write(a_, "1");
  ASSERT_TRUE(move_file(a_, b_).ok());
  EXPECT_FALSE(std::filesystem::exists(a_));

  write(a_, "2");
  EXPECT_FALSE(move_file(a_, b_).ok());
  EXPECT_EQ(*read_text(b_), "1");
}

TEST_F(FileChanges, AProgramThatRunsCanBeMovedAndNotDeleted) {
  wchar_t own[MAX_PATH];
  GetModuleFileNameW(nullptr, own, MAX_PATH);
  const std::filesystem::path copy = scratch_.path() / "runs.exe";
  ASSERT_TRUE(copy_over(own, copy).ok());
  const HMODULE loaded = LoadLibraryExW(copy.c_str(), nullptr, DONT_RESOLVE_DLL_REFERENCES);
  ASSERT_NE(loaded, nullptr);

  EXPECT_FALSE(DeleteFileW(copy.c_str()));
  EXPECT_TRUE(move_file(copy, scratch_.path() / "aside.exe").ok());
  EXPECT_TRUE(copy_over(own, copy).ok());

  FreeLibrary(loaded);
}

TEST_F(FileChanges, ATextIsWrittenInPlaceOfTheOldOne) {
  ASSERT_TRUE(write_durably(b_, "1").ok());
  ASSERT_TRUE(write_durably(b_, "22").ok());

  EXPECT_EQ(*read_text(b_), "22");
  EXPECT_EQ(list_files(b_.parent_path())->size(), 1u);
  EXPECT_EQ(read_text(a_).status().code, StatusCode::not_found);
}

}  // namespace
}  // namespace plugbroker::installer
