// SPDX-License-Identifier: Apache-2.0
#include "installer/object_security.h"

#include <gmock/gmock.h>
#include <windows.h>

#include <fstream>

#include "broker_core/win/folder_rights.h"
#include "installer/plan/folder_access.h"
#include "installer/windows_setup.h"
#include "tests/scratch_folder.h"
#include "tests/unit/win/test_guard.h"

namespace plugbroker::installer {
namespace {

using ::testing::HasSubstr;

constexpr const char* some_sid = "S-1-5-80-1-2-3-4-5";

class ObjectSecurity : public ::testing::Test {
 protected:
  std::string text_of(const std::filesystem::path& path) const { return path.string(); }

  const test::ScratchFolder scratch_;
  const std::filesystem::path folder_ = scratch_.path() / "data";
  WindowsSetup system_{L"PlugBroker", std::nullopt};
};

TEST_F(ObjectSecurity, TheRightsOfTheFoldersAreThoseOfTheService) {
  for (const std::string_view rights : {win::read_rights, win::modify_rights}) {
    const FolderAccess access = folder_access(some_sid, rights);
    const FolderAccess of_the_service = parse_folder_access(win::folder_rights(some_sid, rights));
    EXPECT_EQ(access.entries, of_the_service.entries);
    EXPECT_TRUE(of_the_service.is_protected);
  }
}

TEST_F(ObjectSecurity, AFolderThatIsMissingIsNotFoundAndAFileInItsPlaceIsRefused) {
  EXPECT_EQ(system_.folder_sddl(text_of(folder_)).status().code, StatusCode::not_found);

  std::ofstream{folder_} << "a file";

  EXPECT_EQ(system_.folder_sddl(text_of(folder_)).status().code, StatusCode::failed_precondition);
}

TEST_F(ObjectSecurity, ALinkIsRefusedAndWhatItLeadsToIsNotTouched) {
  if (test::runs_under_wine()) GTEST_SKIP() << "Wine: no symbolic link or junction can be made";
  const std::filesystem::path target = scratch_.path() / "target";
  std::filesystem::create_directory(target);
  const auto before = object_sddl(target);
  ASSERT_TRUE(CreateSymbolicLinkW(folder_.c_str(), target.c_str(), SYMBOLIC_LINK_FLAG_DIRECTORY));
  const std::string sddl = sddl_of(folder_access(some_sid, win::read_rights));

  EXPECT_EQ(object_sddl(folder_).status().code, StatusCode::failed_precondition);
  EXPECT_EQ(set_object_sddl(folder_, sddl).code, StatusCode::failed_precondition);
  EXPECT_EQ(*object_sddl(target), *before);
}

TEST_F(ObjectSecurity, AFolderThatWasMadeCanBeUsedByThisProcess) {
  const std::string sddl = sddl_of(folder_access(some_sid, win::modify_rights));

  ASSERT_TRUE(system_.make_folder(text_of(folder_), sddl).ok());

  EXPECT_TRUE(std::filesystem::is_directory(folder_));
  EXPECT_TRUE(object_sddl(folder_).ok());
}

TEST_F(ObjectSecurity, AFolderHasOwnerAndRightsFromItsFirstMoment) {
  if (test::runs_under_wine()) GTEST_SKIP() << "Wine: owners and lists of files are those of the Unix file";
  const std::string sddl = sddl_of(folder_access(some_sid, win::modify_rights));

  ASSERT_TRUE(system_.make_folder(text_of(folder_), sddl).ok());

  const FolderDecision decision = decide_folder(parse_folder_access(*object_sddl(folder_)),
                                                folder_access(some_sid, win::modify_rights), {"SY", "BA"});
  EXPECT_TRUE(decision.unchanged) << *object_sddl(folder_);
}

TEST_F(ObjectSecurity, TakingOverGivesWhatIsInAFolderToItsOwnerWithTheRightsFromAbove) {
  if (test::runs_under_wine()) GTEST_SKIP() << "Wine: owners and lists of files are those of the Unix file";
  std::filesystem::create_directories(folder_ / "below");
  std::ofstream{folder_ / "below" / "file"} << "x";
  ASSERT_TRUE(set_object_sddl(folder_ / "below" / "file", "D:P(A;;FA;;;WD)").ok());

  ASSERT_TRUE(system_.secure_folder(text_of(folder_), sddl_of(folder_access(some_sid, win::read_rights)), true).ok());

  const FolderAccess file = parse_folder_access(*object_sddl(folder_ / "below" / "file"));
  EXPECT_EQ(file.owner, "SY");
  EXPECT_FALSE(file.is_protected);
  for (const AccessEntry& entry : file.entries) {
    EXPECT_THAT(entry.flags, HasSubstr("ID"));
    EXPECT_NE(entry.trustee, "WD");
  }
}

TEST_F(ObjectSecurity, TakingOverStopsAtALink) {
  if (test::runs_under_wine()) GTEST_SKIP() << "Wine: no symbolic link or junction can be made";
  std::filesystem::create_directories(folder_);
  std::filesystem::create_directories(scratch_.path() / "target");
  ASSERT_TRUE(CreateSymbolicLinkW((folder_ / "link").c_str(), (scratch_.path() / "target").c_str(),
                                  SYMBOLIC_LINK_FLAG_DIRECTORY));

  const Status status = take_over_contents(folder_, "SY");

  EXPECT_EQ(status.code, StatusCode::failed_precondition);
  EXPECT_THAT(status.message, HasSubstr("link"));
}

TEST_F(ObjectSecurity, AFileInPlaceOfAnotherHasTheEntriesThatThatHad) {
  if (test::runs_under_wine()) GTEST_SKIP() << "Wine: owners and lists of files are those of the Unix file";
  const std::filesystem::path old_file = scratch_.path() / "old";
  const std::filesystem::path new_file = scratch_.path() / "new";
  std::ofstream{old_file} << "1";
  std::ofstream{new_file} << "2";
  ASSERT_TRUE(set_object_sddl(old_file, "D:P(A;;FA;;;BA)(A;;FR;;;S-1-5-80-7)").ok());

  ASSERT_TRUE(take_rights_of(old_file, new_file).ok());

  EXPECT_EQ(parse_folder_access(*object_sddl(new_file)).entries, parse_folder_access(*object_sddl(old_file)).entries);
}

}  // namespace
}  // namespace plugbroker::installer
