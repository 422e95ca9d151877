// SPDX-License-Identifier: Apache-2.0
#include "installer/plan/upgrade_journal.h"

#include <gtest/gtest.h>

namespace plugbroker::installer {
namespace {

UpgradeJournal journal() {
  return {.phase = UpgradePhase::committed,
          .service_ran = true,
          .old_folder = "old-1",
          .files = {{R"(bin\a.exe)", true}, {"new.txt", false}}};
}

TEST(UpgradeJournal, ReadsBackWhatItWrote) {
  const auto read = parse_journal(journal_text(journal()));

  ASSERT_TRUE(read.ok()) << read.status().message;
  EXPECT_EQ(*read, journal());
}

TEST(UpgradeJournal, NamesNothingOutsideOfTheInstallation) {
  for (const char* path : {R"(..\x)", R"(bin\..\..\x)", R"(C:\x)", R"(\x)", "/x", ""}) {
    UpgradeJournal bad = journal();
    bad.files[0].path = path;
    EXPECT_EQ(parse_journal(journal_text(bad)).status().code, StatusCode::data_loss) << path;
  }
  UpgradeJournal bad = journal();
  bad.old_folder = R"(..\x)";
  EXPECT_FALSE(parse_journal(journal_text(bad)).ok());
}

TEST(UpgradeJournal, RefusesWhatIsNone) {
  for (const char* text : {"", "{}", "[1]", R"({"version":2})", R"({"version":1,"phase":"replacing"})"}) {
    EXPECT_FALSE(parse_journal(text).ok()) << text;
  }
}

}  // namespace
}  // namespace plugbroker::installer
