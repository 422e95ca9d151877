// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/route_access.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker_core/win/service_sid.h"
#include "broker_core/win/token_information.h"
#include "tests/unit/win/test_guard.h"

namespace plugbroker::win {
namespace {

/// This process's token at identification level, as a client's pipe gives it.
UniqueHandle own_token() {
  const auto process_token = open_own_token(TOKEN_DUPLICATE | TOKEN_QUERY);
  EXPECT_TRUE(process_token.ok());
  HANDLE made = nullptr;
  EXPECT_TRUE(
      DuplicateTokenEx(process_token->get(), TOKEN_QUERY, nullptr, SecurityIdentification, TokenImpersonation, &made));
  return UniqueHandle(made);
}

bool may(const std::string& sddl) {
  const auto access = RouteAccess::make({sddl});
  EXPECT_TRUE(access.ok()) << access.status().message;
  const auto allowed = access->allowed_to(own_token().get());
  EXPECT_TRUE(allowed.ok()) << allowed.status().message;
  return allowed->at(0);
}

std::string entry(char type, const std::string& right, const std::string& sid) {
  return std::string{"("} + type + ";;" + right + ";;;" + sid + ")";
}

TEST(RouteAccess, LetsAuthenticatedUsersCallByDefault) {
  EXPECT_TRUE(may("D:(A;;0x1;;;AU)"));
}

TEST(RouteAccess, LetsWhoIsNamedCallAndNobodyElse) {
  const std::string self = *own_user_sid();

  EXPECT_TRUE(may("D:" + entry('A', "0x1", self)));
  EXPECT_FALSE(may("D:(A;;0x1;;;S-1-5-21-1-2-3-4)"));
  EXPECT_FALSE(may("D:(A;;0x1;;;SY)"));
}

TEST(RouteAccess, KnowsTheGroupsOfTheCaller) {
  EXPECT_TRUE(may("D:P(A;;0x1;;;WD)"));
  EXPECT_FALSE(may("D:(A;;0x1;;;AN)"));
}

TEST(RouteAccess, DeniesWhatComesFirst) {
  const std::string self = *own_user_sid();

  EXPECT_FALSE(may("D:" + entry('D', "0x1", self) + "(A;;0x1;;;WD)"));
  EXPECT_TRUE(may("D:" + entry('A', "0x1", self) + "(D;;0x1;;;WD)"));
}

TEST(RouteAccess, TakesTheGenericRightsThatContainCalling) {
  EXPECT_TRUE(may("D:(A;;GA;;;WD)"));
  EXPECT_TRUE(may("D:(A;;GX;;;WD)"));
  EXPECT_FALSE(may("D:(A;;GR;;;WD)"));
  EXPECT_FALSE(may("D:(A;;GW;;;WD)"));
  EXPECT_FALSE(may("D:(D;;GA;;;WD)(A;;0x1;;;WD)"));
}

TEST(RouteAccess, LetsNobodyCallARouteWithoutAccess) {
  const auto access = RouteAccess::make({"", "D:(A;;0x1;;;WD)", "", "D:(A;;0x1;;;WD)"});
  ASSERT_TRUE(access.ok());

  EXPECT_EQ(access->allowed_to(own_token().get()).value(), (std::vector<bool>{false, true, false, true}));
}

TEST(RouteAccess, LetsNobodyCallWhenWindowsCantDecide) {
  const auto access = RouteAccess::make({"D:(A;;0x1;;;WD)"});
  ASSERT_TRUE(access.ok());
  const auto process_token = open_own_token(TOKEN_QUERY);  // Not an impersonation token.
  ASSERT_TRUE(process_token.ok());

  EXPECT_FALSE(access->allowed_to(process_token->get()).ok());
  EXPECT_FALSE(access->allowed_to(nullptr).ok());
}

TEST(RouteAccess, SaysWhatWindowsDoesNotUnderstand) {
  EXPECT_EQ(route_access_problem("D:(A;;0x1;;;AU)"), "");
  EXPECT_NE(route_access_problem("D:(A;;0x1;;;ZZ)").find("is not understood by Windows"), std::string::npos);
  EXPECT_FALSE(RouteAccess::make({"D:(A;;0x1;;;AU)", "D:(A;;0x1;;;ZZ)"}).ok());
}

TEST(RouteAccess, RefusesADescriptorWithoutAListWhichWouldLetEverybodyIn) {
  for (const char* sddl : {"S:(ML;;NW;;;ME)", "nonsense"}) {
    EXPECT_NE(route_access_problem(sddl), "") << sddl;
    EXPECT_FALSE(RouteAccess::make({sddl}).ok()) << sddl;
  }
}

TEST(RouteAccess, KnowsInteractiveUsers) {
  if (test::runs_under_wine()) GTEST_SKIP() << "Wine: whether a user is interactive is not told reliably";
  // Services and scheduled tasks are not: of this process it depends on how the test was started.
  const std::string interactive = "D:(A;;0x1;;;IU)";
  BOOL member = FALSE;
  SID_IDENTIFIER_AUTHORITY authority = SECURITY_NT_AUTHORITY;
  PSID sid = nullptr;
  ASSERT_TRUE(AllocateAndInitializeSid(&authority, 1, SECURITY_INTERACTIVE_RID, 0, 0, 0, 0, 0, 0, 0, &sid));
  ASSERT_TRUE(CheckTokenMembership(nullptr, sid, &member));
  FreeSid(sid);

  EXPECT_EQ(may(interactive), member != FALSE);
}

}  // namespace
}  // namespace plugbroker::win
