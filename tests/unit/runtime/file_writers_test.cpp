// SPDX-License-Identifier: Apache-2.0
#include "broker_core/runtime/file_writers.h"

#include <gmock/gmock.h>

namespace plugbroker::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* system = "S-1-5-18";
constexpr const char* administrators = "S-1-5-32-544";
constexpr const char* users = "S-1-5-32-545";
constexpr const char* authenticated = "S-1-5-11";
constexpr const char* everyone = "S-1-1-0";

constexpr std::uint32_t full = 0x1f01ff;
constexpr std::uint32_t modify = 0x1301bf;
constexpr std::uint32_t read = 0x1200a9;
constexpr std::uint32_t add_file = 0x2;
constexpr std::uint32_t add_folder = 0x4;
constexpr std::uint32_t delete_child = 0x40;

const std::vector<std::string> trusted{system, administrators};

FileSecurity with(std::vector<AccessEntry> entries) {
  FileSecurity security{.owner = administrators, .entries = {{.mask = full, .sid = system}}};
  security.entries.insert(security.entries.end(), entries.begin(), entries.end());
  return security;
}

std::vector<std::string> writers(const FileSecurity& security, FilePlace place = FilePlace::file) {
  return writers_beside(trusted, security, place);
}

TEST(FileWriters, AreNoneWhenOnlyTheTrustedMayWrite) {
  EXPECT_THAT(writers(with({{.mask = full, .sid = administrators}, {.mask = read, .sid = users}})), IsEmpty());
}

TEST(FileWriters, AreWhoMayWriteOnceEach) {
  EXPECT_THAT(writers(with({{.mask = modify, .sid = users}, {.mask = full, .sid = everyone}, {.mask = full, .sid = users}})),
              ElementsAre(users, everyone));
}

TEST(FileWriters, AreAllWhenThereIsNoList) {
  EXPECT_THAT(writers({.owner = system, .has_list = false, .entries = {}}), ElementsAre(everyone));
}

TEST(FileWriters, AreNoneOfAnEmptyList) {
  EXPECT_THAT(writers({.owner = system, .entries = {}}), IsEmpty());
}

TEST(FileWriters, AreTheOwnerToo) {
  EXPECT_THAT(writers({.owner = users, .entries = {}}), ElementsAre(users));
}

TEST(FileWriters, AreFoundByEachRightThatCanChangeTheFile) {
  for (const std::uint32_t right : {0x2u, 0x4u, 0x10000u, 0x40000u, 0x80000u, 0x10000000u, 0x40000000u}) {
    EXPECT_THAT(writers(with({{.mask = right, .sid = users}})), ElementsAre(users)) << std::hex << right;
  }
  for (const std::uint32_t right : {0x1u, 0x8u, 0x10u, 0x20u, 0x80u, 0x100u, 0x20000u, 0x100000u, 0x80000000u}) {
    EXPECT_THAT(writers(with({{.mask = right, .sid = users}})), IsEmpty()) << std::hex << right;
  }
}

TEST(FileWriters, OfAFolderAreWhoMayAddFilesOrDeleteThem) {
  EXPECT_THAT(writers(with({{.mask = add_file, .sid = users}}), FilePlace::folder), ElementsAre(users));
  EXPECT_THAT(writers(with({{.mask = delete_child, .sid = users}}), FilePlace::folder), ElementsAre(users));
  EXPECT_THAT(writers(with({{.mask = add_folder, .sid = users}}), FilePlace::folder), IsEmpty());
}

TEST(FileWriters, OfAnAncestorAreWhoMayPutAnotherFolderInAPlaceOfThoseThatAreThere) {
  EXPECT_THAT(writers(with({{.mask = delete_child, .sid = users}}), FilePlace::ancestor), ElementsAre(users));
  EXPECT_THAT(writers(with({{.mask = modify, .sid = authenticated}}), FilePlace::ancestor), ElementsAre(authenticated));
  // As users may in %ProgramData%, and authenticated users in C:\.
  EXPECT_THAT(writers(with({{.mask = add_file | add_folder | 0x110, .sid = users}}), FilePlace::ancestor), IsEmpty());
}

TEST(FileWriters, AreNotWhoMayOnlyWriteBelow) {
  EXPECT_THAT(writers(with({{.inherit_only = true, .mask = modify, .sid = authenticated}})), IsEmpty());
}

TEST(FileWriters, AreNotWhoIsDeniedItFirst) {
  const AccessEntry denial{.kind = AccessKind::deny, .mask = full, .sid = users};
  const AccessEntry grant{.mask = full, .sid = users};

  EXPECT_THAT(writers(with({denial, grant})), IsEmpty());
  EXPECT_THAT(writers(with({grant, denial})), ElementsAre(users));
  EXPECT_THAT(writers(with({{.kind = AccessKind::deny, .mask = full, .sid = everyone}, grant})), IsEmpty());
  EXPECT_THAT(writers(with({{.kind = AccessKind::deny, .mask = full, .sid = authenticated}, grant})), ElementsAre(users));
  EXPECT_THAT(writers(with({{.kind = AccessKind::deny, .inherit_only = true, .mask = full, .sid = users}, grant})),
              ElementsAre(users));
  EXPECT_THAT(writers(with({{.kind = AccessKind::deny, .mask = 0x2, .sid = users}, grant})), ElementsAre(users));
}

TEST(FileWriters, AreNotFoundInWhatIsAuditedAndAreInWhatIsNotUnderstood) {
  EXPECT_THAT(writers(with({{.kind = AccessKind::audit, .mask = full, .sid = users}})), IsEmpty());
  EXPECT_THAT(writers(with({{.kind = AccessKind::other, .mask = 0, .sid = users}})), ElementsAre(users));
}

TEST(FileWriters, AreTheOwnerWhereTheOwnerIsMeant) {
  EXPECT_THAT(writers(with({{.mask = full, .sid = "S-1-3-4"}, {.mask = full, .sid = "S-1-3-0"}})), IsEmpty());
}

}  // namespace
}  // namespace plugbroker::runtime
