// SPDX-License-Identifier: Apache-2.0
#include "broker_core/protocol/frame_header.h"

#include <gtest/gtest.h>

#include <set>

#include "broker_core/protocol/frame_table.h"
#include "tests/unit/protocol/wire_bytes.h"

namespace plugbroker::protocol {
namespace {

constexpr std::uint32_t max_chunk = limits::max_chunk_bytes;

std::optional<HeaderError> error_of(const wire::Header& header, std::uint32_t largest_payload = max_chunk) {
  FrameHeader decoded;
  return decode_header(header.bytes().data(), largest_payload, decoded);
}

constexpr std::uint8_t hello = 1, hello_ack = 2, request = 4, data = 5, end = 6, lane = 12, unknown = 14;

TEST(FrameHeader, EveryFieldStandsWhereTheDocumentSays) {
  const FrameHeader header{.type = FrameType::request,
                           .flags = flag_more,
                           .meta_len = 0x0102,
                           .payload_len = 0x3456,
                           .stream_id = 0x0123456789ABCDEF,
                           .deadline_us = 0x1122334455667788};
  wire::Bytes bytes(32);

  encode_header(header, bytes.data());

  EXPECT_EQ(bytes, (wire::Header{.type = 4,
                                 .flags = 2,
                                 .meta_len = 0x0102,
                                 .payload_len = 0x3456,
                                 .stream_id = 0x0123456789ABCDEF,
                                 .deadline_us = 0x1122334455667788}
                        .bytes()));
}

TEST(FrameHeader, WhatWasEncodedIsDecoded) {
  const FrameHeader header{.type = FrameType::request,
                           .flags = flag_end_stream,
                           .meta_len = 8192,
                           .payload_len = 65536,
                           .stream_id = 0xFFFFFFFFFFFFFFFF,
                           .deadline_us = 86'400'000'000};
  wire::Bytes bytes(32);
  FrameHeader decoded;

  encode_header(header, bytes.data());

  EXPECT_EQ(decode_header(bytes.data(), max_chunk, decoded), std::nullopt);
  EXPECT_EQ(decoded, header);
}

TEST(FrameHeader, WrongMagicIsRefused) {
  EXPECT_EQ(error_of({.magic = 0x4251}), HeaderError::bad_magic);
  EXPECT_EQ(error_of({.magic = 0x5042}), HeaderError::bad_magic);
}

TEST(FrameHeader, UnknownHeaderVersionIsRefused) {
  EXPECT_EQ(error_of({.version = 0}), HeaderError::bad_header_version);
  EXPECT_EQ(error_of({.version = 2}), HeaderError::bad_header_version);
}

TEST(FrameHeader, ReservedMustBeZero) {
  EXPECT_EQ(error_of({.reserved = 1}), HeaderError::reserved_not_zero);
  EXPECT_EQ(error_of({.reserved = 0x80000000}), HeaderError::reserved_not_zero);
}

TEST(FrameHeader, AFlagWithoutMeaningIsRefused) {
  EXPECT_EQ(error_of({.type = data, .flags = 0x0008, .stream_id = 1}), HeaderError::unknown_flags);
  EXPECT_EQ(error_of({.type = data, .flags = 0x8000, .stream_id = 1}), HeaderError::unknown_flags);
}

TEST(FrameHeader, EndStreamTogetherWithMoreIsRefused) {
  EXPECT_EQ(error_of({.type = data, .flags = 3, .stream_id = 1}), HeaderError::conflicting_flags);
  EXPECT_EQ(error_of({.type = request, .flags = 3, .stream_id = 1, .deadline_us = 1}), HeaderError::conflicting_flags);
}

TEST(FrameHeader, NoMessageStandsAloneOnlyInARequest) {
  EXPECT_EQ(error_of({.type = request, .flags = flag_no_message, .stream_id = 1}), std::nullopt);
  EXPECT_EQ(error_of({.type = data, .flags = flag_no_message, .stream_id = 1}), HeaderError::conflicting_flags);
  EXPECT_EQ(error_of({.type = request, .flags = flag_no_message | flag_end_stream, .stream_id = 1}), std::nullopt);
  EXPECT_EQ(error_of({.type = data, .flags = flag_no_message | flag_end_stream, .stream_id = 1}), std::nullopt);
}

TEST(FrameHeader, NoMessageTogetherWithMoreIsRefused) {
  for (const std::uint8_t type : {request, data}) {
    EXPECT_EQ(error_of({.type = type, .flags = flag_no_message | flag_more, .stream_id = 1}),
              HeaderError::conflicting_flags);
    EXPECT_EQ(error_of({.type = type, .flags = 7, .stream_id = 1}), HeaderError::conflicting_flags);
  }
}

TEST(FrameHeader, NoMessageHasNoPayload) {
  for (const std::uint8_t type : {request, data}) {
    EXPECT_EQ(error_of({.type = type, .flags = 5, .payload_len = 1, .stream_id = 1}), HeaderError::unexpected_payload);
  }
}

TEST(FrameHeader, ExactlyTheLongestMetadataPassesAndOneByteMoreIsRefused) {
  EXPECT_EQ(error_of({.type = end, .meta_len = 8192, .stream_id = 1}), std::nullopt);
  EXPECT_EQ(error_of({.type = end, .meta_len = 8193, .stream_id = 1}), HeaderError::meta_too_long);
  EXPECT_EQ(error_of({.type = unknown, .meta_len = 8192}), std::nullopt);
  EXPECT_EQ(error_of({.type = unknown, .meta_len = 8193}), HeaderError::meta_too_long);
}

TEST(FrameHeader, TheOpeningHasASmallerLimitForMetadata) {
  EXPECT_EQ(error_of({.type = hello, .meta_len = 4096}), std::nullopt);
  EXPECT_EQ(error_of({.type = hello, .meta_len = 4097}), HeaderError::meta_too_long);
  EXPECT_EQ(error_of({.type = hello_ack, .meta_len = 4096}), std::nullopt);
  EXPECT_EQ(error_of({.type = hello_ack, .meta_len = 4097}), HeaderError::meta_too_long);
}

TEST(FrameHeader, ExactlyTheLargestChunkPassesAndOneByteMoreIsRefused) {
  EXPECT_EQ(error_of({.type = data, .payload_len = 65536, .stream_id = 1}), std::nullopt);
  EXPECT_EQ(error_of({.type = data, .payload_len = 65537, .stream_id = 1}), HeaderError::payload_too_long);
  EXPECT_EQ(error_of({.type = data, .payload_len = 0xFFFFFFFF, .stream_id = 1}), HeaderError::payload_too_long);
  EXPECT_EQ(error_of({.type = unknown, .payload_len = 65536}), std::nullopt);
  EXPECT_EQ(error_of({.type = unknown, .payload_len = 65537}), HeaderError::payload_too_long);
}

TEST(FrameHeader, TheNegotiatedChunkIsTheLimit) {
  EXPECT_EQ(error_of({.type = data, .payload_len = 4096, .stream_id = 1}, 4096), std::nullopt);
  EXPECT_EQ(error_of({.type = data, .payload_len = 4097, .stream_id = 1}, 4096), HeaderError::payload_too_long);
}

TEST(FrameHeader, TheDeadlineOfARequestIsTheCallsBusinessNotTheHeaders) {
  EXPECT_EQ(error_of({.type = request, .stream_id = 1, .deadline_us = 0}), std::nullopt);
  EXPECT_EQ(error_of({.type = request, .stream_id = 1, .deadline_us = 0xFFFFFFFFFFFFFFFF}), std::nullopt);
}

TEST(FrameHeader, OfAnUnknownTypeFlagsStreamAndDeadlineAreNotChecked) {
  EXPECT_EQ(error_of({.type = unknown, .flags = 0xFFFF, .stream_id = 7, .deadline_us = 7}), std::nullopt);
  EXPECT_EQ(error_of({.type = lane, .flags = 0xFFFF, .stream_id = 0, .deadline_us = 7}), std::nullopt);
  EXPECT_EQ(error_of({.type = 0, .flags = 3, .payload_len = 1, .stream_id = 7}), std::nullopt);
}

TEST(FrameHeader, OfAnUnknownTypeMagicVersionAndReservedAreChecked) {
  EXPECT_EQ(error_of({.magic = 0, .type = unknown}), HeaderError::bad_magic);
  EXPECT_EQ(error_of({.version = 9, .type = unknown}), HeaderError::bad_header_version);
  EXPECT_EQ(error_of({.type = unknown, .reserved = 1}), HeaderError::reserved_not_zero);
}

TEST(FrameHeader, ARefusedHeaderLeavesTheResultUntouched) {
  FrameHeader decoded{.type = FrameType::goaway, .meta_len = 5};

  EXPECT_NE(decode_header(wire::Header{.type = data}.bytes().data(), max_chunk, decoded), std::nullopt);

  EXPECT_EQ(decoded, (FrameHeader{.type = FrameType::goaway, .meta_len = 5}));
}

TEST(FrameHeader, EveryErrorHasASentenceOfItsOwn) {
  std::set<std::string_view> sentences;
  for (auto error = 0; error <= static_cast<int>(HeaderError::bad_stream_id); ++error) {
    sentences.insert(to_string(static_cast<HeaderError>(error)));
  }

  EXPECT_EQ(sentences.size(), 10u);
  EXPECT_FALSE(sentences.contains("unrecognised"));
}

TEST(FrameType, LaneAndEverythingOutsideTheTableIsUnknown) {
  EXPECT_FALSE(is_known(FrameType{0}));
  EXPECT_FALSE(is_known(FrameType::lane));
  EXPECT_FALSE(is_known(FrameType{14}));
  EXPECT_FALSE(is_known(FrameType{255}));
  EXPECT_TRUE(is_known(FrameType::hello));
  EXPECT_TRUE(is_known(FrameType::unimplemented));
  EXPECT_EQ(to_string(FrameType{14}), "unrecognised");
}

}  // namespace
}  // namespace plugbroker::protocol
