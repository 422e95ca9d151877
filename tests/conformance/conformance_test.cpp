// SPDX-License-Identifier: Apache-2.0
// The C++ library makes of each vector what the manifest says.
#include <gtest/gtest.h>

#include <set>

#include "broker_core/protocol/frame_reader.h"
#include "tests/conformance/library_reading.h"

namespace plugbroker::conformance {
namespace {

std::vector<ByteView> cut_at(ByteView bytes, std::size_t place) {
  return {bytes.first(place), bytes.subspan(place)};
}

std::vector<ByteView> byte_by_byte(ByteView bytes) {
  std::vector<ByteView> pieces;
  for (std::size_t at = 0; at < bytes.size(); ++at) pieces.push_back(bytes.subspan(at, 1));
  return pieces;
}

TEST(Conformance, ReadsEachVectorAsTheManifestSays) {
  for (const Vector& vector : all_vectors()) {
    EXPECT_EQ(read_pieces({vector.bytes}), vector.expected) << vector.name;
  }
}

TEST(Conformance, ReadsEachVectorAlikeWhereverItIsCut) {
  for (const Vector& vector : all_vectors()) {
    for (const std::size_t place : vector.splits) {
      EXPECT_EQ(read_pieces(cut_at(vector.bytes, place)), vector.expected) << vector.name << ", cut at " << place;
    }
    EXPECT_EQ(read_pieces(byte_by_byte(vector.bytes)), vector.expected) << vector.name << ", byte by byte";
  }
}

TEST(Conformance, WritesTheBytesThatTheManifestCallsWritten) {
  std::size_t compared = 0;
  for (const Vector& vector : all_vectors()) {
    protocol::FrameReader reader;
    reader.feed(vector.bytes);
    for (const bool written : vector.written) {
      const auto frame = reader.next();
      ASSERT_TRUE(frame) << vector.name;
      if (!written) continue;
      const std::vector<std::byte> again = written_again(static_cast<int>(frame->header.type), frame->meta);
      EXPECT_EQ(to_hex(again), to_hex(frame->meta)) << vector.name;
      ++compared;
    }
  }
  EXPECT_GE(compared, 22u);
}

TEST(Conformance, TheVectorsShowEveryFrameAndEveryEnd) {
  std::set<int> types;
  std::set<std::string> ends;
  std::set<std::string> verdicts;
  for (const Vector& vector : all_vectors()) {
    ends.insert(vector.expected.end);
    for (const ExpectedFrame& frame : vector.expected.frames) {
      types.insert(frame.type);
      verdicts.insert(frame.metadata);
    }
  }
  EXPECT_EQ(ends.size(), 12u);  // Ten errors, whole, cut_off.
  EXPECT_EQ(verdicts.size(), 3u);
  for (int type = 0; type <= 14; ++type) EXPECT_TRUE(types.contains(type)) << type;
}

/// The twin of the first test: it would find a library that reads a bit otherwise.
TEST(Conformance, NoticesADamagedVector) {
  for (const Vector& vector : all_vectors()) {
    if (vector.expected.frames.empty()) continue;
    std::vector<std::byte> damaged = vector.bytes;
    damaged[limits::frame_header_bytes / 2] ^= std::byte{1};  // The stream id.
    EXPECT_NE(read_pieces({damaged}), vector.expected) << vector.name;
  }
}

}  // namespace
}  // namespace plugbroker::conformance
