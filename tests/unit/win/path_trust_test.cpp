// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/path_trust.h"

#include <gmock/gmock.h>
#include <windows.h>

#include <fstream>

#include "broker_core/win/service_sid.h"
#include "broker_core/win/utf16.h"
#include "tests/everybody_may_write.h"
#include "tests/scratch_folder.h"
#include "tests/unit/win/test_guard.h"

namespace plugbroker::win {
namespace {

using runtime::FilePlace;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class PathTrustTest : public testing::Test {
 protected:
  std::vector<PathWeakness> weaknesses(const std::filesystem::path& file, std::vector<std::string> further = {}) {
    return path_weaknesses(file, *trusted_writers("PlugBroker", further));
  }
  static void put(const std::filesystem::path& file) { std::ofstream{file} << "{}"; }
  /// A file in folders of this user alone, below the scratch folder.
  std::filesystem::path put_in(const std::filesystem::path& folders) {
    std::filesystem::create_directories(scratch_.path() / folders);
    put(scratch_.path() / folders / "a.json");
    return scratch_.path() / folders / "a.json";
  }

  const test::ScratchFolder scratch_;
};

TEST_F(PathTrustTest, AFileInAFolderOfItsUsersOwnHasNoWeakness) {
  put(scratch_.path() / "a.json");

  for (const PathWeakness& weakness : weaknesses(scratch_.path() / "a.json")) {
    ADD_FAILURE() << weakness.where << ' ' << weakness.problem;
  }
}

TEST_F(PathTrustTest, AFolderThatEverybodyMayWriteToIsNamedWithTheAccountAndTheRemedy) {
  const auto file = put_in("open");
  const auto folder = file.parent_path();
  test::let_everybody_write(folder);

  const auto found = weaknesses(file);

  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].where, folder);
  EXPECT_EQ(found[0].place, FilePlace::folder);
  EXPECT_THAT(found[0].problem, AllOf(HasSubstr("lets files be replaced by "), HasSubstr("S-1-1-0")));
  EXPECT_THAT(found[0].remedy, AllOf(HasSubstr("icacls"), HasSubstr("*S-1-1-0"), HasSubstr("open")));
}

TEST_F(PathTrustTest, AFolderAboveCountsToo) {
  const auto file = put_in("open/closed");
  const auto above = scratch_.path() / "open";
  test::let_everybody_write(above);

  const auto found = weaknesses(file);

  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].where, above);
  EXPECT_EQ(found[0].place, FilePlace::ancestor);
}

TEST_F(PathTrustTest, WhoIsTrustedByNameIsNoWeakness) {
  const auto file = put_in("open");
  test::let_everybody_write(file.parent_path());

  EXPECT_THAT(weaknesses(file, {"S-1-1-0"}), IsEmpty());
}

TEST_F(PathTrustTest, WhatCannotBeReadIsAWeakness) {
  EXPECT_THAT(weaknesses(scratch_.path() / "nowhere.json"),
              ElementsAre(Field(&PathWeakness::problem, HasSubstr("can't be checked"))));
}

TEST_F(PathTrustTest, ALinkOnTheWayIsAWeakness) {
  const auto target = scratch_.path() / "target";
  const auto link = scratch_.path() / "link";
  std::filesystem::create_directory(target);
  put(target / "a.json");
  if (test::runs_under_wine()) GTEST_SKIP() << "Wine: links can't be made";
  ASSERT_TRUE(CreateSymbolicLinkW(link.c_str(), target.c_str(),
                                  SYMBOLIC_LINK_FLAG_DIRECTORY | SYMBOLIC_LINK_FLAG_ALLOW_UNPRIVILEGED_CREATE));

  EXPECT_THAT(weaknesses(link / "a.json"),
              Contains(AllOf(Field(&PathWeakness::where, link), Field(&PathWeakness::problem, "is a link"))));
}

TEST_F(PathTrustTest, TheTrustedAreTheSystemTheServiceAndThisUser) {
  const auto trusted = trusted_writers("PlugBroker", {"S-1-5-11"});

  ASSERT_TRUE(trusted.ok());
  EXPECT_THAT(*trusted, ElementsAre("S-1-5-18", "S-1-5-32-544",
                                    "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464",
                                    *service_sid("PlugBroker"), *own_user_sid(), "S-1-5-11"));
}

TEST_F(PathTrustTest, KnowsASid) {
  EXPECT_TRUE(is_sid("S-1-5-11"));
  EXPECT_FALSE(is_sid("Everyone"));
  EXPECT_FALSE(is_sid("WD"));
  EXPECT_FALSE(is_sid("S-1-"));
  EXPECT_FALSE(is_sid(""));
}

}  // namespace
}  // namespace plugbroker::win
