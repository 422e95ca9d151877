// SPDX-License-Identifier: Apache-2.0
#include "broker_core/protocol/tlv.h"

#include <gtest/gtest.h>

#include "tests/unit/protocol/wire_bytes.h"

namespace plugbroker::protocol {
namespace {

TEST(TlvReader, WalksFrontToBack) {
  const wire::Bytes meta = wire::tlv(0x0001, wire::u8(7)) + wire::tlv(0x8123, {}) + wire::tlv(0x0044, wire::text("hi"));
  TlvReader reader(meta);

  const Tlv first = reader.next().value();
  const Tlv second = reader.next().value();
  const Tlv third = reader.next().value();

  EXPECT_EQ(first.type, 0x0001);
  EXPECT_EQ(first.value.size(), 1u);
  EXPECT_EQ(second.type, 0x8123);
  EXPECT_TRUE(second.value.empty());
  EXPECT_EQ(as_text(third.value), "hi");
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.malformed());
}

TEST(TlvReader, EmptyMetadataIsNotMalformed) {
  TlvReader reader({});

  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.malformed());
}

TEST(TlvReader, StopsAtAHeaderThatIsCutOff) {
  for (std::size_t length = 1; length < 4; ++length) {
    const wire::Bytes meta = wire::tlv(1, wire::u8(7)) + wire::Bytes(length);
    TlvReader reader(meta);

    EXPECT_TRUE(reader.next()) << length;
    EXPECT_FALSE(reader.next()) << length;
    EXPECT_TRUE(reader.malformed()) << length;
    EXPECT_FALSE(reader.next()) << length;
  }
}

TEST(TlvReader, AValueMayReachTheEndAndNotPassIt) {
  const wire::Bytes reaches = wire::u16(1) + wire::u16(3) + wire::filled(3);
  const wire::Bytes passes = wire::u16(1) + wire::u16(4) + wire::filled(3);
  TlvReader good(reaches);
  TlvReader bad(passes);

  EXPECT_TRUE(good.next());
  EXPECT_FALSE(good.malformed());
  EXPECT_FALSE(bad.next());
  EXPECT_TRUE(bad.malformed());
}

TEST(TlvWriter, WritesEachKindAsTheDocumentSays) {
  wire::Bytes buffer(100);
  TlvWriter writer(buffer);

  writer.put_u8(TlvType::role, 2);
  writer.put_u16(TlvType::status, 0x1234);
  writer.put_u32(TlvType::credit, 0x12345678);
  writer.put_u64(TlvType::opaque, 0x123456789ABCDEF0);
  writer.put_bytes(TlvType::message, as_byte_view("hi"));
  writer.put_bytes(TlvType::message, {});
  buffer.resize(writer.size());

  EXPECT_EQ(buffer, wire::tlv(0x0001, wire::u8(2)) + wire::tlv(0x0040, wire::u16(0x1234)) +
                        wire::tlv(0x0050, wire::u32(0x12345678)) + wire::tlv(0x0070, wire::u64(0x123456789ABCDEF0)) +
                        wire::tlv(0x0044, wire::text("hi")) + wire::tlv(0x0044, {}));
}

TEST(TlvWriter, FillsItsBufferToTheLastByte) {
  wire::Bytes buffer(5);
  TlvWriter writer(buffer);

  writer.put_u8(TlvType::role, 1);

  EXPECT_EQ(writer.size(), 5u);
}

TEST(TlvWriterDeathTest, NeverWritesPastItsBuffer) {
  wire::Bytes buffer(4);
  TlvWriter writer(buffer);

  EXPECT_DEATH(writer.put_u8(TlvType::role, 1), "broken invariant");
}

}  // namespace
}  // namespace plugbroker::protocol
