// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/sandbox_folders.h"

#include <gmock/gmock.h>

#include "broker_core/win/security_descriptors.h"
#include "broker_core/win/service_sid.h"
#include "tests/everybody_may_write.h"
#include "tests/scratch_folder.h"

namespace plugbroker::win {
namespace {

using testing::HasSubstr;

constexpr const char* some_pool = "S-1-5-80-6-7-8-9-10";

TEST(SandboxRights, GrantTheAccountAndThePoolAndNobodyElse) {
  const std::string rights = sandbox_rights("S-1-5-80-1-2-3-4-5", some_pool);

  EXPECT_EQ(rights,
            "D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1301bf;;;S-1-5-80-1-2-3-4-5)"
            "(A;OICI;0x1301bf;;;S-1-5-80-6-7-8-9-10)");
  EXPECT_TRUE(SecurityDescriptor::parse(rights).ok());
}

class SandboxFoldersTest : public testing::Test {
 protected:
  Result<SandboxFolders> make(const std::string& pool) {
    return make_sandbox_folders(scratch_.path() / "sandbox" / "pipe", pool, user_, some_pool);
  }

  const test::ScratchFolder scratch_;
  const std::string user_ = *own_user_sid();
};

TEST_F(SandboxFoldersTest, AreMadeAndFoundAgain) {
  const auto made = make("documents");
  const auto again = make("documents");

  ASSERT_TRUE(made.ok()) << made.status().message;
  ASSERT_TRUE(again.ok()) << again.status().message;
  EXPECT_TRUE(std::filesystem::is_directory(made->temporary));
  EXPECT_TRUE(std::filesystem::is_directory(made->data));
  EXPECT_EQ(made->data, again->data);
}

TEST_F(SandboxFoldersTest, StayBelowTheirRootWhateverThePoolIsCalled) {
  for (const char* pool : {"..", ".", "con", "a.", "nul.txt"}) {
    const auto made = make(pool);
    ASSERT_TRUE(made.ok()) << made.status().message;
    EXPECT_EQ(made->data.parent_path().parent_path(), scratch_.path() / "sandbox" / "pipe") << pool;
    EXPECT_TRUE(std::filesystem::is_directory(made->data)) << pool;
  }
}

TEST_F(SandboxFoldersTest, AreRefusedWhereSomebodyElseMayWrite) {
  const auto folder = scratch_.path() / "sandbox" / "pipe" / "pool-documents-files";
  std::filesystem::create_directories(folder);
  test::let_everybody_write(folder);

  const auto made = make("documents");

  ASSERT_FALSE(made.ok());
  EXPECT_THAT(made.status().message, HasSubstr("S-1-1-0 may write there too"));
}

TEST_F(SandboxFoldersTest, NeedARoot) {
  EXPECT_FALSE(make_sandbox_folders({}, "documents", user_, some_pool).ok());
}

}  // namespace
}  // namespace plugbroker::win
