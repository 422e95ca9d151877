// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/folder_rights.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "broker_core/win/security_descriptors.h"
#include "tests/scratch_folder.h"

namespace plugbroker::win {
namespace {

constexpr const char* some_sid = "S-1-5-80-1-2-3-4-5";

TEST(FolderRights, AreAProtectedListThatTheSystemUnderstands) {
  const std::string rights = folder_rights(some_sid, modify_rights);

  EXPECT_EQ(rights, "D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1301bf;;;S-1-5-80-1-2-3-4-5)");
  EXPECT_TRUE(SecurityDescriptor::parse(rights).ok());
}

TEST(FolderWithRights, IsMadeWithItsParentsAndLeftAloneThen) {
  const test::ScratchFolder scratch;
  const std::filesystem::path folder = scratch.path() / "a" / "b";
  const std::string rights = folder_rights(some_sid, modify_rights);

  EXPECT_TRUE(make_folder_with_rights(folder, rights).ok());
  EXPECT_TRUE(make_folder_with_rights(folder, rights).ok());

  EXPECT_TRUE(std::filesystem::is_directory(folder));
}

TEST(FolderWithRights, IsNotMadeWhereAFileIs) {
  const test::ScratchFolder scratch;
  const std::filesystem::path file = scratch.path() / "a";
  std::ofstream{file} << "a file";

  EXPECT_FALSE(make_folder_with_rights(file, folder_rights(some_sid, modify_rights)).ok());
}

}  // namespace
}  // namespace plugbroker::win
