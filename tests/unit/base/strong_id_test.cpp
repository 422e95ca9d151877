// SPDX-License-Identifier: Apache-2.0
#include "broker_core/base/strong_id.h"

#include <gtest/gtest.h>

#include <type_traits>
#include <unordered_set>

namespace plugbroker {
namespace {

static_assert(!std::is_convertible_v<CallId, WorkerId>, "one kind of id is never taken for another");

TEST(StrongId, ZeroIsNone) {
  EXPECT_FALSE(CallId{});
  EXPECT_TRUE(CallId{1});
}

TEST(StrongId, IdsHaveTheOrderOfTheirNumbers) {
  EXPECT_LT(CallId{1}, CallId{2});
}

TEST(StrongId, CanBeAKey) {
  const std::unordered_set<WorkerId> workers{WorkerId{1}, WorkerId{2}, WorkerId{1}};

  EXPECT_EQ(workers.size(), 2u);
}

}  // namespace
}  // namespace plugbroker
