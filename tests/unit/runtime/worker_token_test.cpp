// SPDX-License-Identifier: Apache-2.0
#include "broker_core/runtime/worker_token.h"

#include <gmock/gmock.h>

namespace plugbroker::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* user = "S-1-5-80-1";
constexpr const char* logon = "S-1-5-5-0-77";
constexpr const char* pool = "S-1-5-80-2";
constexpr std::uint32_t high = 0x3000;
constexpr std::uint32_t low = 0x1000;

TokenFacts service_token() {
  return {.user = user,
          .logon_sid = logon,
          .privileges = {"SeChangeNotifyPrivilege", "SeImpersonatePrivilege"},
          .administrators_allow = true,
          .integrity = high,
          .restricting_sids = std::vector<std::string>{}};
}

/// What a system that does as it is asked makes of the service's token.
TokenFacts obeyed(const TokenRequest& request) {
  return {.user = user,
          .logon_sid = logon,
          .privileges = {"SeChangeNotifyPrivilege"},
          .administrators_allow = false,
          .integrity = request.integrity,
          .restricting_sids = request.restricting};
}

TEST(TokenRequest, OfARestrictedWorkerTakesAdministratorsAndIntegrityAway) {
  const TokenRequest request = token_request(TokenKind::restricted, service_token(), pool);

  EXPECT_THAT(request.deny_only, ElementsAre("S-1-5-32-544"));
  EXPECT_THAT(request.restricting, IsEmpty());
  EXPECT_EQ(request.integrity, medium_integrity);
  EXPECT_EQ(request.default_dacl, "D:(A;;GA;;;SY)(A;;GA;;;S-1-5-80-1)");
}

TEST(TokenRequest, OfASandboxLetsItWriteOnlyWhereItsPoolMay) {
  const TokenRequest request = token_request(TokenKind::sandbox, service_token(), pool);

  EXPECT_THAT(request.deny_only, ElementsAre("S-1-5-32-544"));
  EXPECT_THAT(request.restricting, ElementsAre(pool, logon, "S-1-1-0", "S-1-5-33"));
  EXPECT_EQ(request.integrity, medium_integrity);
  EXPECT_EQ(request.default_dacl, "D:(A;;GA;;;SY)(A;;GA;;;S-1-5-80-1)(A;;GA;;;S-1-5-80-2)");
}

TEST(TokenRequest, OfASandboxDoesWithoutALogonSid) {
  TokenFacts own = service_token();
  own.logon_sid.clear();

  EXPECT_THAT(token_request(TokenKind::sandbox, own, pool).restricting, ElementsAre(pool, "S-1-1-0", "S-1-5-33"));
}

TEST(TokenRequest, OfOneThatInheritsAsksForNothing) {
  const TokenRequest request = token_request(TokenKind::inherit, service_token(), pool);

  EXPECT_THAT(request.deny_only, IsEmpty());
  EXPECT_THAT(request.restricting, IsEmpty());
  EXPECT_THAT(token_shortfalls(request, service_token()), IsEmpty());
}

TEST(TokenRequest, NeverRaisesTheIntegrity) {
  TokenFacts own = service_token();
  own.integrity = low;

  EXPECT_EQ(token_request(TokenKind::restricted, own, pool).integrity, low);
}

TEST(TokenShortfalls, AreNoneWhenTheSystemDidAsItWasAsked) {
  for (const TokenKind kind : {TokenKind::restricted, TokenKind::sandbox}) {
    const TokenRequest request = token_request(kind, service_token(), pool);
    EXPECT_THAT(token_shortfalls(request, obeyed(request)), IsEmpty());
  }
}

TEST(TokenShortfalls, NameEveryPrivilegeThatIsLeft) {
  const TokenRequest request = token_request(TokenKind::restricted, service_token(), pool);
  TokenFacts found = obeyed(request);
  found.privileges = {"SeDebugPrivilege", "SeChangeNotifyPrivilege", "SeBackupPrivilege"};

  EXPECT_THAT(token_shortfalls(request, found), ElementsAre("it holds SeDebugPrivilege, SeBackupPrivilege"));
}

TEST(TokenShortfalls, NameAdministratorsAndIntegrity) {
  const TokenRequest request = token_request(TokenKind::restricted, service_token(), pool);
  TokenFacts found = obeyed(request);
  found.administrators_allow = true;
  found.integrity = high;

  EXPECT_THAT(token_shortfalls(request, found),
              ElementsAre("the group Administrators still allows", "its integrity is high, not medium"));
}

TEST(TokenShortfalls, NameRestrictingSidsThatAreMissingOrTooMany) {
  const TokenRequest request = token_request(TokenKind::sandbox, service_token(), pool);
  TokenFacts none = obeyed(request);
  none.restricting_sids->clear();
  TokenFacts more = obeyed(request);
  more.restricting_sids->emplace_back("S-1-5-11");

  EXPECT_THAT(token_shortfalls(request, none), ElementsAre(HasSubstr("restricted by no SID, not by S-1-5-80-2")));
  EXPECT_THAT(token_shortfalls(request, more), ElementsAre(HasSubstr("S-1-5-11")));
}

TEST(TokenShortfalls, DoNotCareForTheOrderOfRestrictingSids) {
  const TokenRequest request = token_request(TokenKind::sandbox, service_token(), pool);
  TokenFacts found = obeyed(request);
  std::reverse(found.restricting_sids->begin(), found.restricting_sids->end());

  EXPECT_THAT(token_shortfalls(request, found), IsEmpty());
}

TEST(TokenShortfalls, CountRestrictingSidsThatCannotBeReadAsMissing) {
  const TokenRequest request = token_request(TokenKind::sandbox, service_token(), pool);
  TokenFacts found = obeyed(request);
  found.restricting_sids.reset();

  EXPECT_THAT(token_shortfalls(request, found), ElementsAre("the system does not say which SIDs restrict it"));
}

TEST(IntegrityText, HasTheNamesThatWindowsHas) {
  EXPECT_EQ(integrity_text(0x4000), "system");
  EXPECT_EQ(integrity_text(0x2100), "level 0x2100");
}

}  // namespace
}  // namespace plugbroker::runtime
