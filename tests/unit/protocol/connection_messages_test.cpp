// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker_core/protocol/messages.h"
#include "tests/unit/protocol/wire_bytes.h"

namespace plugbroker::protocol {
namespace {

using testing::HasSubstr;

TEST(GoAway, ComesBackAsItWasSent) {
  wire::Bytes meta(limits::max_meta_bytes);
  meta.resize(encode(GoAway{.last_stream = ~0ull, .status = StatusCode::unavailable, .message = "stopping"}, meta));

  const GoAway goaway = decode_goaway(meta).value();

  EXPECT_EQ(goaway.last_stream, ~0ull);
  EXPECT_EQ(goaway.status, StatusCode::unavailable);
  EXPECT_EQ(goaway.message, "stopping");
}

TEST(GoAway, ALongMessageIsCutAtTheBorderOfACharacter) {
  const std::string text = std::string(1021, 'm') + "\xF0\x9F\x98\x80";
  wire::Bytes meta(limits::max_meta_bytes);
  meta.resize(encode(GoAway{.message = text}, meta));

  EXPECT_EQ(decode_goaway(meta).value().message, std::string(1021, 'm'));
}

TEST(Window, TheCreditComesBack) {
  wire::Bytes meta(limits::max_meta_bytes);
  meta.resize(encode_credit(0x7FFFFFFF, meta));

  EXPECT_EQ(decode_credit(meta).value(), 0x7FFFFFFFu);
}

TEST(Ping, TheValueComesBack) {
  wire::Bytes meta(limits::max_meta_bytes);
  meta.resize(encode_opaque(0x0123456789ABCDEF, meta));

  EXPECT_EQ(decode_opaque(meta).value(), 0x0123456789ABCDEFu);
}

TEST(Unimplemented, TheTypeComesBack) {
  wire::Bytes meta(limits::max_meta_bytes);
  meta.resize(encode_frame_type(255, meta));

  EXPECT_EQ(decode_frame_type(meta).value(), 255);
}

TEST(Errors, NameTheFrameTheTlvAndTheRule) {
  EXPECT_EQ(decode_credit({}).status().message, "WINDOW: credit is missing");
  EXPECT_EQ(decode_credit(wire::tlv(0x50, wire::u32(0))).status().message, "WINDOW: credit must be 1 to 2147483647");
  EXPECT_EQ(decode_credit(wire::tlv(0x50, wire::u8(1))).status().message, "WINDOW: credit must have 4 bytes");
  EXPECT_EQ(decode_credit(wire::filled(3)).status().message, "WINDOW: a TLV passes the end of the metadata");
  EXPECT_EQ(check_metadata(FrameType::data, wire::tlv(0x8ABC, {})).message,
            "DATA: TLV 0x8ABC is critical and not known");
}

TEST(Errors, OfACutOffTlvAndAWrongLengthTheFirstIsTold) {
  const wire::Bytes meta = wire::tlv(0x50, wire::u8(1)) + wire::filled(1);

  EXPECT_THAT(decode_credit(meta).status().message, HasSubstr("4 bytes"));
}

}  // namespace
}  // namespace plugbroker::protocol
