// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/mandatory_label.h"

#include <gmock/gmock.h>

#include <fstream>

#include "broker_core/win/security_descriptors.h"
#include "broker_core/win/service_sid.h"
#include "tests/scratch_folder.h"
#include "tests/unit/win/test_guard.h"

namespace plugbroker::win {
namespace {

bool keeps_out(const std::string& sddl) {
  return keeps_out_below_high(label_in(SecurityDescriptor::parse(sddl)->get()));
}

TEST(MandatoryLabel, KeepsOutWhenItIsHighAndForWritingAndReading) {
  EXPECT_TRUE(keeps_out("S:(ML;;NWNR;;;HI)"));
  EXPECT_TRUE(keeps_out("S:(ML;;NWNR;;;SI)"));
  EXPECT_TRUE(keeps_out("S:(ML;OICI;NWNRNX;;;HI)"));
}

TEST(MandatoryLabel, DoesNotKeepOutWhenItIsLowerOrLetsSomethingThrough) {
  EXPECT_FALSE(keeps_out("S:(ML;;NWNR;;;ME)"));
  EXPECT_FALSE(keeps_out("S:(ML;;NW;;;HI)"));
  EXPECT_FALSE(keeps_out("S:(ML;;NR;;;HI)"));
  EXPECT_FALSE(keeps_out("S:(ML;OICIIO;NWNR;;;HI)"));
  EXPECT_FALSE(keeps_out("D:(A;;GA;;;WD)"));
}

TEST(MandatoryLabel, IsReadWithItsLevelAndPolicy) {
  const auto label = label_in(SecurityDescriptor::parse("S:(ML;;NW;;;ME)")->get());

  ASSERT_TRUE(label.has_value());
  EXPECT_EQ(label->level, std::uint32_t{SECURITY_MANDATORY_MEDIUM_RID});
  EXPECT_EQ(label->policy, std::uint32_t{SYSTEM_MANDATORY_LABEL_NO_WRITE_UP});
}

TEST(MandatoryLabel, ThatTheSystemDropsIsNotTakenForSet) {
  if (!test::runs_under_wine()) GTEST_SKIP() << "Windows: a label is kept";
  const test::ScratchFolder scratch;

  EXPECT_FALSE(label_own_process_high().ok());
  EXPECT_FALSE(label_high(scratch.path()).ok());
}

TEST(MandatoryLabel, OfThisProcessIsHighAfterwards) {
  if (test::runs_under_wine()) GTEST_SKIP() << "Wine: a process's label is dropped";
  if (!*runs_at_high_integrity()) GTEST_SKIP() << "needs an elevated process";

  const Status status = label_own_process_high();
  EXPECT_TRUE(status.ok()) << status.message;
}

TEST(MandatoryLabel, OfAFolderHoldsForWhatIsMadeInIt) {
  if (test::runs_under_wine()) GTEST_SKIP() << "Wine: a file's label is dropped";
  if (!*runs_at_high_integrity()) GTEST_SKIP() << "needs an elevated process";
  const test::ScratchFolder scratch;

  const Status status = label_high(scratch.path());
  ASSERT_TRUE(status.ok()) << status.message;
  std::ofstream{scratch.path() / "a"} << "made later";
  EXPECT_TRUE(label_high(scratch.path() / "a").ok());
}

}  // namespace
}  // namespace plugbroker::win
