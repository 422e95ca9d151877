// SPDX-License-Identifier: Apache-2.0
#include "broker_core/protocol/frame_table.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/unit/protocol/wire_bytes.h"

namespace plugbroker::protocol {
namespace {

// The suite FrameTable walks the rows of known types: what a row allows passes decode_header, everything else is
// refused.

std::vector<FrameRule> known_rows() {
  std::vector<FrameRule> rows;
  for (const FrameRule& rule : frame_table) {
    if (!rule.reserved) rows.push_back(rule);
  }
  return rows;
}

/// A header of this type with the least it needs.
wire::Header plain(const FrameRule& row) {
  return {.type = static_cast<std::uint8_t>(row.type), .stream_id = row.stream_id == StreamIdRule::not_zero ? 1u : 0u};
}

std::optional<HeaderError> error_of(const wire::Header& header) {
  FrameHeader decoded;
  return decode_header(header.bytes().data(), limits::max_chunk_bytes, decoded);
}

std::optional<HeaderError> unless(bool allowed, HeaderError error) {
  return allowed ? std::nullopt : std::optional{error};
}

TEST(FrameTable, AllowsThePlainHeader) {
  for (const FrameRule& row : known_rows()) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(error_of(plain(row)), std::nullopt);
  }
}

TEST(FrameTable, AllowsTheFlagsOfItsRowAndNoOther) {
  for (const FrameRule& row : known_rows()) {
    SCOPED_TRACE(row.name);
    for (int bit = 0; bit < 16; ++bit) {
      wire::Header header = plain(row);
      header.flags = static_cast<std::uint16_t>(1u << bit);
      EXPECT_EQ(error_of(header) == HeaderError::unknown_flags, (row.flags & header.flags) == 0) << bit;
    }
  }
}

TEST(FrameTable, AllowsTheSetsOfFlagsOfItsRowAndNoOther) {
  for (const FrameRule& row : known_rows()) {
    SCOPED_TRACE(row.name);
    for (std::uint16_t set = 0; set <= all_flags; ++set) {
      wire::Header header = plain(row);
      header.flags = set;
      EXPECT_EQ(!error_of(header), (row.flag_sets >> set & 1) != 0) << set;
    }
  }
}

TEST(FrameTable, AllowsAPayloadWhereItsRowSaysSo) {
  for (const FrameRule& row : known_rows()) {
    SCOPED_TRACE(row.name);
    wire::Header header = plain(row);
    header.payload_len = 1;
    EXPECT_EQ(error_of(header), unless(row.payload, HeaderError::unexpected_payload));
  }
}

TEST(FrameTable, AllowsADeadlineWhereItsRowSaysSo) {
  for (const FrameRule& row : known_rows()) {
    SCOPED_TRACE(row.name);
    wire::Header header = plain(row);
    header.deadline_us = 1;
    EXPECT_EQ(error_of(header), unless(row.deadline, HeaderError::unexpected_deadline));
  }
}

TEST(FrameTable, AllowsStreamZeroWhereItsRowSaysSo) {
  for (const FrameRule& row : known_rows()) {
    SCOPED_TRACE(row.name);
    wire::Header header = plain(row);
    header.stream_id = 0;
    EXPECT_EQ(error_of(header), unless(row.stream_id != StreamIdRule::not_zero, HeaderError::bad_stream_id));
  }
}

TEST(FrameTable, AllowsAStreamWhereItsRowSaysSo) {
  for (const FrameRule& row : known_rows()) {
    SCOPED_TRACE(row.name);
    wire::Header header = plain(row);
    header.stream_id = 0x8000000000000000;
    EXPECT_EQ(error_of(header), unless(row.stream_id != StreamIdRule::zero, HeaderError::bad_stream_id));
  }
}

TEST(FrameTable, AllowsMetadataUpToItsRowsLimit) {
  for (const FrameRule& row : known_rows()) {
    SCOPED_TRACE(row.name);
    wire::Header header = plain(row);
    header.meta_len = row.max_meta;
    EXPECT_EQ(error_of(header), std::nullopt);
    ++header.meta_len;
    EXPECT_EQ(error_of(header), HeaderError::meta_too_long);
  }
}

TEST(FrameTable, NamesItsTypes) {
  for (const FrameRule& row : known_rows()) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(to_string(row.type), row.name);
    EXPECT_TRUE(is_known(row.type));
  }
}

TEST(Direction, OnlyAWorkerSaysReady) {
  constexpr FrameHeader ready{.type = FrameType::ready};

  EXPECT_TRUE(may_travel(ready, Direction::worker_to_broker));
  EXPECT_FALSE(may_travel(ready, Direction::client_to_broker));
  EXPECT_FALSE(may_travel(ready, Direction::broker_to_worker));
  EXPECT_FALSE(may_travel(ready, Direction::broker_to_client));
}

TEST(Direction, OnlyTheConnectingSideSaysHello) {
  constexpr FrameHeader hello{.type = FrameType::hello};
  constexpr FrameHeader hello_ack{.type = FrameType::hello_ack};

  EXPECT_TRUE(may_travel(hello, Direction::client_to_broker));
  EXPECT_TRUE(may_travel(hello, Direction::worker_to_broker));
  EXPECT_FALSE(may_travel(hello, Direction::broker_to_client));
  EXPECT_FALSE(may_travel(hello_ack, Direction::worker_to_broker));
  EXPECT_TRUE(may_travel(hello_ack, Direction::broker_to_worker));
}

TEST(Direction, RequestAndCancelGoFromCallerToResponderAndEndComesBack) {
  for (const FrameType type : {FrameType::request, FrameType::cancel}) {
    EXPECT_TRUE(may_travel({.type = type}, Direction::client_to_broker));
    EXPECT_TRUE(may_travel({.type = type}, Direction::broker_to_worker));
    EXPECT_FALSE(may_travel({.type = type}, Direction::broker_to_client));
    EXPECT_FALSE(may_travel({.type = type}, Direction::worker_to_broker));
  }
  EXPECT_TRUE(may_travel({.type = FrameType::end}, Direction::worker_to_broker));
  EXPECT_TRUE(may_travel({.type = FrameType::end}, Direction::broker_to_client));
  EXPECT_FALSE(may_travel({.type = FrameType::end}, Direction::client_to_broker));
  EXPECT_FALSE(may_travel({.type = FrameType::end}, Direction::broker_to_worker));
}

TEST(Direction, OnlyTheCallersDataEndsTheStream) {
  constexpr FrameHeader last{.type = FrameType::data, .flags = flag_end_stream};
  constexpr FrameHeader more{.type = FrameType::data, .flags = flag_more};

  EXPECT_TRUE(may_travel(last, Direction::client_to_broker));
  EXPECT_TRUE(may_travel(last, Direction::broker_to_worker));
  EXPECT_FALSE(may_travel(last, Direction::worker_to_broker));
  EXPECT_FALSE(may_travel(last, Direction::broker_to_client));
  EXPECT_TRUE(may_travel(more, Direction::worker_to_broker));
}

TEST(Direction, OnlyTheCallersFramesMayBeWithoutAMessage) {
  constexpr FrameHeader nothing{.type = FrameType::data, .flags = flag_end_stream | flag_no_message};
  constexpr FrameHeader opening{.type = FrameType::request, .flags = flag_no_message};

  EXPECT_TRUE(may_travel(nothing, Direction::client_to_broker));
  EXPECT_TRUE(may_travel(opening, Direction::broker_to_worker));
  EXPECT_FALSE(may_travel({.type = FrameType::data, .flags = flag_no_message}, Direction::worker_to_broker));
}

TEST(Direction, AnUnknownTypeMayTravelAnyWayBecauseItIsAnswered) {
  EXPECT_TRUE(may_travel({.type = FrameType{14}, .flags = 0xFFFF}, Direction::worker_to_broker));
  EXPECT_TRUE(may_travel({.type = FrameType::lane}, Direction::broker_to_client));
}

}  // namespace
}  // namespace plugbroker::protocol
