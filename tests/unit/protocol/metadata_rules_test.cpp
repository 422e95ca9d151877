// SPDX-License-Identifier: Apache-2.0
// The rules that hold for the metadata of every frame alike, tried on every frame and every TLV of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "broker_core/protocol/tlv_table.h"
#include "tests/unit/protocol/metadata_cases.h"

namespace plugbroker::protocol {
namespace {

using testing::HasSubstr;

constexpr std::uint16_t unlisted = 0x0999;

TEST(EveryFrame, TakesWhatTheDocumentLists) {
  for (const FrameCase& frame : frame_cases()) {
    SCOPED_TRACE(frame.name);
    EXPECT_EQ(frame.decode(frame.all()), Status{});
  }
}

TEST(EveryFrame, IgnoresATlvItDoesNotKnowAlsoTwice) {
  for (const FrameCase& frame : frame_cases()) {
    SCOPED_TRACE(frame.name);
    const wire::Bytes meta = wire::tlv(unlisted, wire::filled(9)) + frame.all() + wire::tlv(unlisted, wire::filled(0));
    EXPECT_EQ(frame.decode(meta), Status{});
  }
}

TEST(EveryFrame, RefusesACriticalTlvItDoesNotKnow) {
  for (const FrameCase& frame : frame_cases()) {
    SCOPED_TRACE(frame.name);
    const wire::Bytes meta = wire::tlv(wire::critical | unlisted, {}) + frame.all();

    const Status status = frame.decode(meta);

    EXPECT_EQ(status.code, StatusCode::unimplemented);
    EXPECT_THAT(status.message, HasSubstr("0x8999"));
  }
}

TEST(EveryFrame, ABrokenRuleGoesBeforeAnUnknownCriticalTlv) {
  for (const FrameCase& frame : frame_cases()) {
    SCOPED_TRACE(frame.name);
    const wire::Bytes meta = wire::tlv(wire::critical | unlisted, {}) + frame.all() + wire::filled(1);
    EXPECT_EQ(frame.decode(meta).code, StatusCode::invalid_argument);
  }
}

TEST(EveryFrame, RefusesATlvThatPassesTheEnd) {
  for (const FrameCase& frame : frame_cases()) {
    SCOPED_TRACE(frame.name);
    const wire::Bytes header_cut_off = frame.all() + wire::u16(unlisted) + wire::u8(0);
    const wire::Bytes value_cut_off = frame.all() + wire::u16(unlisted) + wire::u16(2) + wire::u8(0);
    EXPECT_EQ(frame.decode(header_cut_off).code, StatusCode::invalid_argument);
    EXPECT_EQ(frame.decode(value_cut_off).code, StatusCode::invalid_argument);
  }
}

TEST(EveryFrame, TheLongestMetadataOfUnknownTlvsIsWalkedThrough) {
  for (const FrameCase& frame : frame_cases()) {
    SCOPED_TRACE(frame.name);
    wire::Bytes meta = frame.all();
    while (meta.size() + 4 <= limits::max_meta_bytes) meta = std::move(meta) + wire::tlv(unlisted, {});
    EXPECT_EQ(frame.decode(meta), Status{});
  }
}

/// One TLV of one frame.
struct TlvOfFrame {
  FrameCase frame;
  std::size_t index = 0;

  [[nodiscard]] std::string name() const { return frame.name + ": " + tlv().name; }
  [[nodiscard]] const TlvCase& tlv() const { return frame.tlvs[index]; }
  [[nodiscard]] Status decode_with(const wire::Bytes& instead) const {
    return frame.decode(frame.all_but(index) + instead);
  }
  [[nodiscard]] Status decode_with_value(const wire::Bytes& value) const {
    return decode_with(wire::tlv(tlv().type, value));
  }
};

std::vector<TlvOfFrame> tlvs_where(bool (*wanted)(const TlvCase&)) {
  std::vector<TlvOfFrame> found;
  for (const FrameCase& frame : frame_cases()) {
    for (std::size_t i = 0; i < frame.tlvs.size(); ++i) {
      if (wanted(frame.tlvs[i])) found.push_back({frame, i});
    }
  }
  return found;
}

std::vector<TlvOfFrame> all_tlvs() {
  return tlvs_where([](const TlvCase&) { return true; });
}

std::vector<TlvOfFrame> tlvs_that_may_not_repeat() {
  std::vector<TlvOfFrame> found = all_tlvs();
  std::erase_if(
      found, [](const TlvOfFrame& each) { return each.name() == "READY: route" || each.tlv().name == "app_metadata"; });
  return found;
}

const TlvRule& row_of(const TlvCase& tlv) {
  return *std::ranges::find(tlv_table, static_cast<TlvType>(tlv.type), &TlvRule::type);
}

TEST(EveryTlv, MayStandAnywhere) {
  for (const TlvOfFrame& each : all_tlvs()) {
    SCOPED_TRACE(each.name());
    EXPECT_EQ(each.frame.decode(each.tlv().bytes() + each.frame.all_but(each.index)), Status{});
  }
}

TEST(EveryTlv, MeansTheSameWithTheCriticalBit) {
  for (const TlvOfFrame& each : all_tlvs()) {
    SCOPED_TRACE(each.name());
    EXPECT_EQ(each.decode_with(each.tlv().bytes(wire::critical)), Status{});
  }
}

TEST(EveryTlv, PassesAtItsShortestAndIsRefusedOneByteBelow) {
  for (const TlvOfFrame& each : all_tlvs()) {
    SCOPED_TRACE(each.name());
    const std::size_t shortest = row_of(each.tlv()).min_length;
    EXPECT_EQ(each.decode_with_value(each.tlv().value_of_length(shortest)), Status{});
    const std::size_t below = shortest - std::min<std::size_t>(shortest, 1);
    EXPECT_EQ(each.decode_with_value(each.tlv().value_of_length(below)).ok(), shortest == 0);
  }
}

TEST(EveryTlv, PassesAtItsLongestAndIsRefusedOneByteAbove) {
  for (const TlvOfFrame& each : all_tlvs()) {
    SCOPED_TRACE(each.name());
    const std::size_t longest = row_of(each.tlv()).max_length;
    EXPECT_EQ(each.decode_with_value(each.tlv().value_of_length(longest)), Status{});
    const Status status = each.decode_with_value(each.tlv().value_of_length(longest + 1));
    EXPECT_EQ(status.code, StatusCode::invalid_argument);
    EXPECT_THAT(status.message, HasSubstr(each.tlv().name));
  }
}

TEST(EveryRequiredTlv, IsMissed) {
  for (const TlvOfFrame& each : tlvs_where([](const TlvCase& tlv) { return tlv.required; })) {
    SCOPED_TRACE(each.name());
    const Status status = each.decode_with({});
    EXPECT_EQ(status.code, StatusCode::invalid_argument);
    EXPECT_THAT(status.message, HasSubstr(each.tlv().name));
  }
}

TEST(EveryOptionalTlv, IsNotMissed) {
  for (const TlvOfFrame& each : tlvs_where([](const TlvCase& tlv) { return !tlv.required; })) {
    SCOPED_TRACE(each.name());
    EXPECT_EQ(each.decode_with({}), Status{});
  }
}

TEST(EveryTlvThatMayNotRepeat, IsRefusedTheSecondTime) {
  for (const TlvOfFrame& each : tlvs_that_may_not_repeat()) {
    SCOPED_TRACE(each.name());
    const wire::Bytes twice = each.tlv().bytes() + each.tlv().bytes(wire::critical);
    const Status status = each.decode_with(twice);
    EXPECT_EQ(status.code, StatusCode::invalid_argument);
    EXPECT_THAT(status.message, HasSubstr(each.tlv().name));
  }
}

/// The numbers at the borders of what a TLV may hold, as the document has them.
struct Border {
  std::string frame;
  std::string tlv;
  wire::Bytes value;
  bool passes = false;
};

using namespace wire;

const std::vector<Border> borders{
    {"HELLO", "role", u8(0), false},
    {"HELLO", "role", u8(1), true},
    {"HELLO", "role", u8(2), true},
    {"HELLO", "role", u8(3), false},
    {"HELLO", "max_chunk", u32(4095), false},
    {"HELLO", "max_chunk", u32(4096), true},
    {"HELLO", "max_chunk", u32(0xFFFFFFFF), true},
    {"HELLO", "max_streams", u32(0), true},
    {"HELLO", "stream_window", u32(4127), false},
    {"HELLO", "stream_window", u32(4128), true},
    {"HELLO", "stream_window", u32(0x7FFFFFFF), true},
    {"HELLO", "stream_window", u32(0x80000000), false},
    {"HELLO", "connection_window", u32(4127), false},
    {"HELLO", "connection_window", u32(4128), true},
    {"HELLO", "connection_window", u32(0x7FFFFFFF), true},
    {"HELLO", "connection_window", u32(0x80000000), false},
    {"HELLO_ACK, refusing", "result", u16(1), true},
    {"HELLO_ACK, refusing", "result", u16(0xFFFF), true},
    {"READY", "concurrency", u32(0), false},
    {"READY", "concurrency", u32(1), true},
    {"READY", "concurrency", u32(1024), true},
    {"READY", "concurrency", u32(1025), false},
    {"END", "status", u16(0), true},
    {"END", "status", u16(16), true},
    {"END", "status", u16(17), false},
    {"END", "retry", u8(2), true},
    {"END", "retry", u8(3), false},
    {"END", "origin", u8(0), false},
    {"END", "origin", u8(1), true},
    {"END", "origin", u8(3), true},
    {"END", "origin", u8(4), false},
    {"END", "worker_received", u8(1), true},
    {"END", "worker_received", u8(2), false},
    {"END", "retry_after_us", u64(0), true},
    {"END", "retry_after_us", u64(86'400'000'000), true},
    {"END", "retry_after_us", u64(86'400'000'001), false},
    {"GOAWAY", "status", u16(17), false},
    {"WINDOW", "credit", u32(0), false},
    {"WINDOW", "credit", u32(1), true},
    {"WINDOW", "credit", u32(0x7FFFFFFF), true},
    {"WINDOW", "credit", u32(0x80000000), false},
};

TEST(EveryNumber, PassesUpToItsBorderAndNoFurther) {
  for (const Border& border : borders) {
    SCOPED_TRACE(border.frame + ": " + border.tlv);
    const FrameCase& frame = *std::ranges::find(frame_cases(), border.frame, &FrameCase::name);
    const auto tlv = std::ranges::find(frame.tlvs, border.tlv, &TlvCase::name);
    const TlvOfFrame each{frame, static_cast<std::size_t>(tlv - frame.tlvs.begin())};

    EXPECT_EQ(each.decode_with_value(border.value).code, border.passes ? StatusCode::ok : StatusCode::invalid_argument);
  }
}

}  // namespace
}  // namespace plugbroker::protocol
