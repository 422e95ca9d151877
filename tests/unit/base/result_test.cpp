// SPDX-License-Identifier: Apache-2.0
#include "broker_core/base/result.h"

#include <gtest/gtest.h>

#include <memory>

namespace plugbroker {
namespace {

TEST(Result, HoldsAValue) {
  const Result<int> result = 7;

  EXPECT_TRUE(result.ok());
  EXPECT_EQ(result.value(), 7);
}

TEST(Result, HoldsTheStatusThatSaysWhyThereIsNoValue) {
  const Result<int> result{StatusCode::not_found, "no such thing"};

  EXPECT_FALSE(result);
  EXPECT_EQ(result.status(), (Status{StatusCode::not_found, "no such thing"}));
}

TEST(Result, GivesUpWhatCanOnlyBeMoved) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(3);

  const std::unique_ptr<int> taken = std::move(result).value();

  EXPECT_EQ(*taken, 3);
}

TEST(ResultDeathTest, StopsTheProcessWhenAMissingValueIsRead) {
  const Result<int> result{StatusCode::not_found, "no such thing"};

  EXPECT_DEATH(static_cast<void>(result.value()), "broken invariant");
}

TEST(ResultDeathTest, NeverHoldsAnOkStatus) {
  EXPECT_DEATH(static_cast<void>(Result<int>{Status{}}), "broken invariant");
}

}  // namespace
}  // namespace plugbroker
