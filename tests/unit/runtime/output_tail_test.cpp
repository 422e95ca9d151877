// SPDX-License-Identifier: Apache-2.0
#include "broker_core/runtime/output_tail.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace plugbroker::runtime {
namespace {

using namespace std::chrono_literals;

std::string tail_of(std::size_t kept, std::initializer_list<std::string_view> pieces) {
  OutputTail tail(kept);
  for (const std::string_view piece : pieces) tail.feed(as_byte_view(piece));
  return tail.text();
}

TEST(OutputTail, KeepsAllThatFits) {
  EXPECT_EQ(tail_of(8, {}), "");
  EXPECT_EQ(tail_of(8, {"abc", "de"}), "abcde");
  EXPECT_EQ(tail_of(5, {"abc", "de"}), "abcde");
}

TEST(OutputTail, KeepsTheEndOfWhatDoesNotFit) {
  EXPECT_EQ(tail_of(4, {"abc", "de"}), "bcde");
  EXPECT_EQ(tail_of(4, {"abcd", "e", "fg"}), "defg");
  EXPECT_EQ(tail_of(4, {"abcd", "efg", "hi"}), "fghi");
  EXPECT_EQ(tail_of(4, {"abcdefghij"}), "ghij");
  EXPECT_EQ(tail_of(4, {"ab", "cdefghij", "k"}), "hijk");
}

TEST(OutputTail, KeepsTheSameByteByByteAndInAnyPieces) {
  const std::string all = "the quick brown fox jumps over the lazy dog";
  for (std::size_t size = 1; size < all.size(); ++size) {
    OutputTail tail(11);
    for (std::size_t at = 0; at < all.size(); at += size) {
      tail.feed(as_byte_view(std::string_view(all).substr(at, size)));
    }
    EXPECT_EQ(tail.text(), "he lazy dog") << "in pieces of " << size;
    EXPECT_EQ(tail.lost_bytes(), all.size() - 11);
  }
}

TEST(OutputTail, TellsWhetherMoreWillCome) {
  OutputTail tail(4);
  EXPECT_FALSE(tail.wait_complete(0ms));

  tail.complete();

  EXPECT_TRUE(tail.wait_complete(0ms));
}

}  // namespace
}  // namespace plugbroker::runtime
