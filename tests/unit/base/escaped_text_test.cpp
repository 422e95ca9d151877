// SPDX-License-Identifier: Apache-2.0
#include "broker_core/base/escaped_text.h"

#include <gtest/gtest.h>

namespace plugbroker {
namespace {

std::string quoted(std::string_view text) {
  return escaped_text(text, EscapeStyle::quoted, 1000);
}

TEST(EscapedText, LeavesPrintableTextAlone) {
  EXPECT_EQ(quoted("plain text, Grüße, 日本, 🙂"), "plain text, Grüße, 日本, 🙂");
  EXPECT_EQ(quoted(""), "");
}

TEST(EscapedText, EscapesWhatEndsOrFakesALine) {
  EXPECT_EQ(quoted("a\nb\rc\td"), R"(a\nb\rc\td)");
  EXPECT_EQ(quoted("\x1b[2J\x7f"), R"(\x1b[2J\x7f)");
  EXPECT_EQ(quoted(std::string_view{"a\0b", 3}), R"(a\x00b)");
  EXPECT_EQ(quoted("\xC2\x85\xE2\x80\xA8"), R"(\u{85}\u{2028})");
}

TEST(EscapedText, EscapesWhatChangesTheWritingDirection) {
  EXPECT_EQ(quoted("\xE2\x80\xAE\xE2\x81\xA6\xEF\xBB\xBF"), R"(\u{202e}\u{2066}\u{feff})");
}

TEST(EscapedText, EscapesQuotesOnlyBetweenQuotes) {
  EXPECT_EQ(quoted(R"(say "a\b")"), R"(say \"a\\b\")");
  EXPECT_EQ(escaped_text(R"(say "a\b")", EscapeStyle::plain, 100), R"(say "a\b")");
}

TEST(EscapedText, EscapesEveryByteThatIsNotUtf8) {
  EXPECT_EQ(quoted("\xFF"), R"(\xff)");
  EXPECT_EQ(quoted("\xC3"), R"(\xc3)");
  EXPECT_EQ(quoted("\xC0\xAF"), R"(\xc0\xaf)");
  EXPECT_EQ(quoted("\xED\xA0\x80"), R"(\xed\xa0\x80)");
  EXPECT_EQ(quoted("\xF4\x90\x80\x80"), R"(\xf4\x90\x80\x80)");
  EXPECT_EQ(quoted("\xE2\x82x"), R"(\xe2\x82x)");
}

TEST(EscapedText, SaysHowMuchItLeftOutAndCutsNoCharacter) {
  EXPECT_EQ(escaped_text("abcdef", EscapeStyle::plain, 4), "abcd... (2 more bytes)");
  EXPECT_EQ(escaped_text("abc€", EscapeStyle::plain, 4), "abc... (3 more bytes)");
}

}  // namespace
}  // namespace plugbroker
