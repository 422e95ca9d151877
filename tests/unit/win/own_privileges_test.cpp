// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/own_privileges.h"

#include <gmock/gmock.h>

#include "broker_core/win/token_information.h"

namespace plugbroker::win {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

UniqueHandle copied_token() {
  const auto own = open_own_token(TOKEN_DUPLICATE | TOKEN_QUERY);
  HANDLE copy = nullptr;
  DuplicateTokenEx(own->get(), TOKEN_QUERY | TOKEN_ADJUST_PRIVILEGES, nullptr, SecurityImpersonation, TokenPrimary,
                   &copy);
  return UniqueHandle(copy);
}

TEST(OwnPrivileges, AreAllGoneButOneAndThatIsReadBack) {
  const UniqueHandle token = copied_token();
  ASSERT_TRUE(token);
  ASSERT_GT(token_privileges(token.get())->size(), 1u);

  const auto left = drop_privileges(token.get());

  ASSERT_TRUE(left.ok()) << left.status().message;
  EXPECT_THAT(*left, IsEmpty());
  EXPECT_THAT(*token_privileges(token.get()), ElementsAre("SeChangeNotifyPrivilege"));
}

TEST(OwnPrivileges, CanBeDroppedTwice) {
  const UniqueHandle token = copied_token();
  ASSERT_TRUE(drop_privileges(token.get()).ok());

  EXPECT_THAT(*drop_privileges(token.get()), IsEmpty());
}

TEST(OwnPrivileges, CannotBeDroppedFromATokenThatMayNotBeChanged) {
  const auto token = open_own_token(TOKEN_QUERY);

  const auto left = drop_privileges(token->get());

  ASSERT_FALSE(left.ok());
  EXPECT_THAT(left.status().message, testing::HasSubstr("AdjustTokenPrivileges"));
}

}  // namespace
}  // namespace plugbroker::win
