// SPDX-License-Identifier: Apache-2.0
#include "client_lib/core/trace_context.h"

#include <gtest/gtest.h>

#include <string>

namespace plugbroker::client {
namespace {

constexpr std::string_view example = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(TraceContext, ReadsIdsAndFlags) {
  const auto parent = parse_traceparent(example);

  ASSERT_TRUE(parent);
  EXPECT_EQ((*parent)[0], std::byte{0x0A});
  EXPECT_EQ((*parent)[15], std::byte{0x9C});
  EXPECT_EQ((*parent)[16], std::byte{0xB7});
  EXPECT_EQ((*parent)[23], std::byte{0x31});
  EXPECT_EQ((*parent)[24], std::byte{0x01});
}

TEST(TraceContext, RefusesEveryOtherLengthAndCharacter) {
  const std::string text{example};
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string damaged = text;
    damaged[i] = 'X';
    EXPECT_FALSE(parse_traceparent(damaged)) << damaged;
    EXPECT_FALSE(parse_traceparent(text.substr(0, i))) << i;
  }
  EXPECT_FALSE(parse_traceparent(text + "0"));
}

TEST(TraceContext, RefusesIdsOfZeros) {
  EXPECT_FALSE(parse_traceparent("00-00000000000000000000000000000000-b7ad6b7169203331-01"));
  EXPECT_FALSE(parse_traceparent("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01"));
}

}  // namespace
}  // namespace plugbroker::client
