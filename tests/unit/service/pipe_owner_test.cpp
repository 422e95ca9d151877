// SPDX-License-Identifier: Apache-2.0
#include "service/pipe_owner.h"

#include <gtest/gtest.h>

#include "broker_core/win/service_sid.h"

namespace plugbroker::service {
namespace {

TEST(PipeOwner, IsTheUserInAConsole) {
  EXPECT_EQ(*pipe_owner_sid(std::nullopt), *win::own_user_sid());
}

TEST(PipeOwner, IsTheUserWhenTheTokenLacksTheServicesSid) {
  EXPECT_EQ(*pipe_owner_sid("NoSuchServiceOfPlugBroker"), *win::own_user_sid());
}

}  // namespace
}  // namespace plugbroker::service
