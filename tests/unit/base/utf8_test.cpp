// SPDX-License-Identifier: Apache-2.0
#include "broker_core/base/utf8.h"

#include <gtest/gtest.h>

namespace plugbroker {
namespace {

TEST(ClipUtf8, LeavesTextThatFits) {
  EXPECT_EQ(clip_utf8("abc", 3), "abc");
  EXPECT_EQ(clip_utf8("", 0), "");
}

TEST(ClipUtf8, CutsAsciiAtTheLimit) {
  EXPECT_EQ(clip_utf8("abcd", 3), "abc");
}

TEST(ClipUtf8, NeverEndsInsideACharacter) {
  constexpr std::string_view two_bytes = "a\xC3\xA4z";           // a with a diaeresis
  constexpr std::string_view three_bytes = "a\xE2\x82\xACz";     // the euro sign
  constexpr std::string_view four_bytes = "a\xF0\x9F\x98\x80z";  // a grinning face

  EXPECT_EQ(clip_utf8(two_bytes, 2), "a");
  EXPECT_EQ(clip_utf8(two_bytes, 3), "a\xC3\xA4");
  EXPECT_EQ(clip_utf8(three_bytes, 2), "a");
  EXPECT_EQ(clip_utf8(three_bytes, 3), "a");
  EXPECT_EQ(clip_utf8(three_bytes, 4), "a\xE2\x82\xAC");
  EXPECT_EQ(clip_utf8(four_bytes, 2), "a");
  EXPECT_EQ(clip_utf8(four_bytes, 4), "a");
  EXPECT_EQ(clip_utf8(four_bytes, 5), "a\xF0\x9F\x98\x80");
}

TEST(ClipUtf8, ACharacterLongerThanTheLimitLeavesNothing) {
  EXPECT_EQ(clip_utf8("\xE2\x82\xAC", 2), "");
}

TEST(ClipUtf8, TextThatIsNotUtf8LosesAtMostThreeBytesMore) {
  EXPECT_EQ(clip_utf8("\x80\x80\x80\x80\x80\x80\x80\x80", 7).size(), 4u);
}

}  // namespace
}  // namespace plugbroker
