// SPDX-License-Identifier: Apache-2.0
#include "installer/password_input.h"

#include <gtest/gtest.h>

namespace plugbroker::installer {
namespace {

TEST(PasswordInput, IsTheFirstLineWithoutItsEnd) {
  EXPECT_EQ(*password_in("s e c r e t\r\nnext"), L"s e c r e t");
  EXPECT_EQ(*password_in("secret"), L"secret");
  EXPECT_EQ(*password_in("\xC3\xBC\n"), L"\u00FC");
}

TEST(PasswordInput, IsRefusedWhenThereIsNoneOrItCannotBeRead) {
  EXPECT_FALSE(password_in("").ok());
  EXPECT_FALSE(password_in("\n").ok());
  EXPECT_FALSE(password_in("\xFC\n").ok());
  EXPECT_FALSE(password_in(std::string(600, 'x')).ok());
}

}  // namespace
}  // namespace plugbroker::installer
