// SPDX-License-Identifier: Apache-2.0
#include "broker_core/base/bytes.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>

namespace plugbroker {
namespace {

constexpr std::array<std::byte, 8> counting{std::byte{0x01}, std::byte{0x23}, std::byte{0x45}, std::byte{0x67},
                                            std::byte{0x89}, std::byte{0xAB}, std::byte{0xCD}, std::byte{0xEF}};

static_assert(load_le<std::uint64_t>(counting.data()) == 0xEFCDAB8967452301u, "also when compiling");

constexpr std::array<std::byte, 4> stored_when_compiling() {
  std::array<std::byte, 4> bytes{};
  store_le(bytes.data(), std::uint32_t{0x67452301});
  return bytes;
}
static_assert(stored_when_compiling()[0] == std::byte{0x01} && stored_when_compiling()[3] == std::byte{0x67});

TEST(Bytes, TheLowestByteOfANumberComesFirst) {
  EXPECT_EQ(load_le<std::uint8_t>(counting.data()), 0x01u);
  EXPECT_EQ(load_le<std::uint16_t>(counting.data()), 0x2301u);
  EXPECT_EQ(load_le<std::uint32_t>(counting.data()), 0x67452301u);
  EXPECT_EQ(load_le<std::uint64_t>(counting.data()), 0xEFCDAB8967452301u);
}

TEST(Bytes, NumbersAreReadAndWrittenAtAnyAddress) {
  std::array<std::byte, 16> buffer{};

  store_le(buffer.data() + 3, std::uint64_t{0x1122334455667788u});

  EXPECT_EQ(load_le<std::uint64_t>(buffer.data() + 3), 0x1122334455667788u);
  EXPECT_EQ(buffer[2], std::byte{0});
  EXPECT_EQ(buffer[3], std::byte{0x88});
  EXPECT_EQ(buffer[10], std::byte{0x11});
  EXPECT_EQ(buffer[11], std::byte{0});
}

TEST(Bytes, TextKeepsItsZerosOnTheWayToBytesAndBack) {
  constexpr std::string_view text{"a\0b", 3};

  EXPECT_EQ(as_text(as_byte_view(text)), text);
}

}  // namespace
}  // namespace plugbroker
