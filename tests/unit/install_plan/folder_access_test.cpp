// SPDX-License-Identifier: Apache-2.0
#include "installer/plan/folder_access.h"

#include <gmock/gmock.h>

namespace plugbroker::installer {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* service = "S-1-5-80-1-2-3-4-5";
constexpr const char* other_service = "S-1-5-80-9-9-9-9-9";
const std::vector<std::string> trusted{"SY", "BA", "S-1-5-21-1-2-3-1000"};

FolderAccess wanted() {
  return folder_access(service, "0x1200a9");
}

FolderDecision decide(const std::string& sddl) {
  return decide_folder(parse_folder_access(sddl), wanted(), trusted);
}

TEST(FolderAccess, IsWrittenAsTheDocumentSays) {
  EXPECT_EQ(sddl_of(wanted()), "O:SYG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;S-1-5-80-1-2-3-4-5)");
}

TEST(FolderAccess, ReadsBackWhatItWrote) {
  const FolderAccess access = parse_folder_access(sddl_of(wanted()));

  EXPECT_EQ(access.owner, "SY");
  EXPECT_EQ(access.group, "SY");
  EXPECT_TRUE(access.is_protected);
  EXPECT_EQ(access.entries, wanted().entries);
}

TEST(FolderAccess, KnowsWellKnownSidsInBothSpellings) {
  const FolderAccess access = parse_folder_access("O:S-1-5-32-544G:S-1-5-18D:AI(A;;FA;;;S-1-5-18)");

  EXPECT_EQ(access.owner, "BA");
  EXPECT_FALSE(access.is_protected);
  EXPECT_EQ(access.entries.at(0).trustee, "SY");
}

TEST(FolderDecision, LeavesAFolderAloneThatHasEverything) {
  const FolderDecision decision = decide(sddl_of(wanted()));

  EXPECT_TRUE(decision.unchanged);
  EXPECT_FALSE(decision.take_over);
}

TEST(FolderDecision, KeepsWhatAnAdministratorAddedAndOtherServices) {
  const std::string present =
      "O:SYG:SYD:PAI(D;OICI;FA;;;S-1-5-21-1-2-3-7)(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;" +
      std::string{service} + ")(A;OICI;0x1301bf;;;" + other_service + ")(A;OICI;0x1200a9;;;S-1-5-21-1-2-3-1234)";

  const FolderDecision decision = decide(present);

  EXPECT_TRUE(decision.unchanged);
  EXPECT_EQ(decision.access.entries.size(), 6u);
  EXPECT_EQ(decision.access.entries.front().type, "D");
}

TEST(FolderDecision, TakesAwayWhatLetsOthersWrite) {
  const FolderDecision decision = decide(
      "O:BAG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;S-1-5-80-1-2-3-4-5)(A;OICI;0x1301bf;;;BU)");

  EXPECT_FALSE(decision.unchanged);
  EXPECT_FALSE(decision.take_over);
  EXPECT_THAT(decision.removed, ElementsAre("(A;OICI;0x1301bf;;;BU)"));
  EXPECT_EQ(sddl_of(decision.access), sddl_of(wanted()));
}

TEST(FolderDecision, ProtectsAFolderWhoseRightsComeDownFromAbove) {
  const FolderDecision decision = decide("O:BAG:SYD:AI(A;OICIID;FA;;;SY)(A;OICIID;FA;;;BA)(A;OICIID;0x1200a9;;;BU)");

  EXPECT_FALSE(decision.unchanged);
  EXPECT_THAT(decision.removed, IsEmpty());
  EXPECT_EQ(sddl_of(decision.access), sddl_of(wanted()));
}

TEST(FolderDecision, TakesOverAFolderThatSomebodyElseMadeAndKeepsNothingOfHis) {
  const FolderDecision decision = decide("O:S-1-5-21-1-2-3-1001G:SYD:P(A;OICI;FA;;;S-1-5-21-1-2-3-1001)(D;;FA;;;BA)");

  EXPECT_TRUE(decision.take_over);
  EXPECT_EQ(sddl_of(decision.access), sddl_of(wanted()));
  EXPECT_THAT(decision.removed, ElementsAre("(A;OICI;FA;;;S-1-5-21-1-2-3-1001)", "(D;;FA;;;BA)"));
}

TEST(FolderDecision, GivesTheServiceTheRightsThatItShallHaveInPlaceOfOthers) {
  const FolderDecision decision =
      decide("O:SYG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1301bf;;;S-1-5-80-1-2-3-4-5)");

  EXPECT_FALSE(decision.unchanged);
  EXPECT_EQ(sddl_of(decision.access), sddl_of(wanted()));
}

TEST(FolderDecision, DoesNotTrustAnEntryThatItCannotRead) {
  const FolderDecision decision = decide(sddl_of(wanted()) + "(XA;OICI;FA;;;BU;(Member_of {SID(BA)}))");

  EXPECT_FALSE(decision.unchanged);
  EXPECT_EQ(decision.removed.size(), 1u);
}

TEST(MayWrite, IsTrueForEverythingButReading) {
  for (const char* rights : {"FA", "FW", "0x1301bf", "0x2", "CCDC", "GA", "WD"}) {
    EXPECT_TRUE(may_write({"A", "", rights, "BU"})) << rights;
  }
  for (const char* rights : {"FR", "FRFX", "0x1200a9", "0x120089", "GR"}) {
    EXPECT_FALSE(may_write({"A", "", rights, "BU"})) << rights;
  }
}

TEST(LetsOthersWrite, IsFalseForAdministratorsAndTheirLike) {
  EXPECT_FALSE(lets_others_write({"A", "", "FA", "BA"}, trusted));
  EXPECT_FALSE(lets_others_write({"A", "", "FA", "S-1-5-21-1-2-3-1000"}, trusted));
  EXPECT_FALSE(lets_others_write({"D", "", "FA", "BU"}, trusted));
  EXPECT_TRUE(lets_others_write({"A", "", "FA", "BU"}, trusted));
}

}  // namespace
}  // namespace plugbroker::installer
