// SPDX-License-Identifier: Apache-2.0
#include "installer/plan/account.h"

#include <gtest/gtest.h>

namespace plugbroker::installer {
namespace {

TEST(Account, IsOfTheKindThatItsNameSays) {
  EXPECT_EQ(account_kind("LocalSystem"), AccountKind::local_system);
  EXPECT_EQ(account_kind(R"(.\localsystem)"), AccountKind::local_system);
  EXPECT_EQ(account_kind(R"(nt authority\LocalService)"), AccountKind::built_in);
  EXPECT_EQ(account_kind(R"(NT Service\PlugBroker)"), AccountKind::virtual_account);
  EXPECT_EQ(account_kind(R"(CONTOSO\managed$)"), AccountKind::managed);
  EXPECT_EQ(account_kind(R"(CONTOSO\bob)"), AccountKind::user);
}

TEST(Account, IsTheSameInEverySpelling) {
  EXPECT_TRUE(same_account(R"(.\LocalSystem)", R"(NT AUTHORITY\SYSTEM)"));
  EXPECT_TRUE(same_account(R"(contoso\BOB)", R"(CONTOSO\bob)"));
  EXPECT_FALSE(same_account(R"(CONTOSO\bob)", "LocalSystem"));
}

TEST(Account, OfTheSystemHasTheRightToLogOnAlready) {
  EXPECT_FALSE(needs_logon_right(R"(NT SERVICE\PlugBroker)"));
  EXPECT_FALSE(needs_logon_right("LocalSystem"));
  EXPECT_TRUE(needs_logon_right(R"(CONTOSO\managed$)"));
  EXPECT_TRUE(needs_logon_right("bob"));
}

}  // namespace
}  // namespace plugbroker::installer
