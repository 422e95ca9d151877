// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "broker_core/protocol/frame_reader.h"
#include "tests/unit/protocol/counted_memory.h"
#include "tests/unit/protocol/wire_bytes.h"

namespace plugbroker::protocol {
namespace {

void drain(FrameReader& reader, ByteView bytes) {
  reader.feed(bytes);
  while (reader.next()) {
  }
}

const wire::Bytes largest =
    wire::frame({.type = 4, .stream_id = 1, .deadline_us = 1}, wire::filled(8192), wire::filled(65536));

TEST(FrameReaderMemory, WholeFramesCostNoAllocation) {
  const wire::Bytes bytes = largest + largest;
  FrameReader reader;
  const std::size_t before = counted.allocations;

  drain(reader, bytes);

  EXPECT_EQ(counted.allocations, before);
}

TEST(FrameReaderMemory, NothingIsOwnedBetweenWholeFrames) {
  FrameReader reader;
  const std::size_t before = counted.live_bytes;

  drain(reader, ByteView{largest}.first(40'000));
  EXPECT_GE(counted.live_bytes - before, 40'000u);
  drain(reader, ByteView{largest}.subspan(40'000));

  EXPECT_EQ(counted.live_bytes, before);
}

TEST(FrameReaderMemory, AHeaderThatPromisesMuchCostsOnlyWhatHasCome) {
  FrameReader reader;
  const std::size_t before = counted.live_bytes;

  drain(reader, ByteView{largest}.first(33));

  EXPECT_LE(counted.live_bytes - before, 66u);
}

TEST(FrameReaderMemory, ABadHeaderIsRefusedWithoutAllocation) {
  const wire::Bytes header = wire::Header{.type = 5, .payload_len = 0xFFFFFFFF, .stream_id = 1}.bytes();
  FrameReader reader;
  const std::size_t before = counted.allocations;

  drain(reader, header);

  EXPECT_TRUE(reader.error());
  EXPECT_EQ(counted.allocations, before);
}

TEST(FrameReaderMemory, AnErrorInTheMiddleFreesWhatWasHeld) {
  const wire::Bytes header = wire::Header{.type = 5, .payload_len = 0xFFFFFFFF, .stream_id = 1}.bytes();
  FrameReader reader;
  const std::size_t before = counted.live_bytes;
  drain(reader, ByteView{header}.first(31));
  drain(reader, ByteView{header}.subspan(31));

  EXPECT_TRUE(reader.error());
  EXPECT_EQ(counted.live_bytes, before);
}

TEST(FrameReaderMemory, AtMostOneFrameIsHeldHoweverManyComeByteByByte) {
  const wire::Bytes bytes = largest + largest;
  FrameReader reader;
  const std::size_t before = counted.live_bytes;
  const std::size_t allocations_before = counted.allocations;
  std::size_t most = 0;

  for (std::size_t i = 0; i < bytes.size(); ++i) {
    drain(reader, ByteView{bytes}.subspan(i, 1));
    most = std::max(most, counted.live_bytes - before);
  }

  EXPECT_EQ(most, limits::max_frame_bytes);
  EXPECT_LE(counted.allocations - allocations_before, 40u) << "growing by doubling: a constant share for each byte";
}

}  // namespace
}  // namespace plugbroker::protocol
