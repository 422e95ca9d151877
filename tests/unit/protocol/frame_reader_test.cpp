// SPDX-License-Identifier: Apache-2.0
#include "broker_core/protocol/frame_reader.h"

#include <gtest/gtest.h>

#include "tests/unit/protocol/wire_bytes.h"

namespace plugbroker::protocol {
namespace {

const wire::Bytes ping = wire::frame({.type = 9}, wire::tlv(0x0070, wire::u64(7)));
const wire::Bytes cancel = wire::frame({.type = 7, .stream_id = 5});
const wire::Bytes data = wire::frame({.type = 5, .stream_id = 5}, {}, wire::text("hello"));

ByteView part(const wire::Bytes& bytes, std::size_t from, std::size_t length = std::dynamic_extent) {
  return ByteView{bytes}.subspan(from, length);
}

TEST(FrameReader, YieldsNothingBeforeItWasFed) {
  FrameReader reader;

  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.in_frame());
  EXPECT_FALSE(reader.error());
}

TEST(FrameReader, CutsFramesThatCameTogether) {
  const wire::Bytes bytes = ping + cancel + data;
  FrameReader reader;
  reader.feed(bytes);

  EXPECT_EQ(reader.next()->header.type, FrameType::ping);
  EXPECT_EQ(reader.next()->header.type, FrameType::cancel);
  EXPECT_EQ(as_text(reader.next()->payload), "hello");
  EXPECT_FALSE(reader.next());
}

TEST(FrameReader, DoesNotCopyAFrameThatLiesWholeInTheInput) {
  const wire::Bytes bytes = ping + data;
  FrameReader reader;
  reader.feed(bytes);

  const Frame first = reader.next().value();
  const Frame second = reader.next().value();

  EXPECT_EQ(first.meta.data(), bytes.data() + 32);
  EXPECT_EQ(second.payload.data(), bytes.data() + ping.size() + 32);
}

TEST(FrameReader, JoinsAFrameThatCameInTwoParts) {
  for (std::size_t cut = 1; cut < data.size(); ++cut) {
    FrameReader reader;
    reader.feed(part(data, 0, cut));
    EXPECT_FALSE(reader.next()) << cut;
    EXPECT_TRUE(reader.in_frame()) << cut;

    reader.feed(part(data, cut));
    EXPECT_EQ(as_text(reader.next().value().payload), "hello") << cut;
    EXPECT_FALSE(reader.in_frame()) << cut;
    EXPECT_FALSE(reader.next()) << cut;
  }
}

TEST(FrameReader, GoesOnWithoutCopyingAfterAFrameThatCameInTwoParts) {
  const wire::Bytes rest = wire::Bytes(data.begin() + 10, data.end()) + ping;
  FrameReader reader;
  reader.feed(part(data, 0, 10));
  EXPECT_FALSE(reader.next());
  reader.feed(rest);

  EXPECT_EQ(reader.next()->header.type, FrameType::data);
  EXPECT_EQ(reader.next().value().meta.data(), rest.data() + data.size() - 10 + 32);
}

TEST(FrameReader, APartialFrameSurvivesThatTheCallerReusesItsBuffer) {
  wire::Bytes buffer(data.begin(), data.begin() + 34);
  FrameReader reader;
  reader.feed(buffer);
  EXPECT_FALSE(reader.next());

  buffer.assign(data.begin() + 34, data.end());
  reader.feed(buffer);

  EXPECT_EQ(as_text(reader.next().value().payload), "hello");
}

TEST(FrameReader, TheLargestFramePasses) {
  const wire::Bytes largest =
      wire::frame({.type = 4, .stream_id = 1, .deadline_us = 1}, wire::filled(8192), wire::filled(65536));
  FrameReader reader;
  reader.feed(part(largest, 0, largest.size() - 1));
  EXPECT_FALSE(reader.next());
  reader.feed(part(largest, largest.size() - 1));

  const Frame frame = reader.next().value();

  EXPECT_EQ(frame.meta.size(), 8192u);
  EXPECT_EQ(frame.payload.size(), 65536u);
  EXPECT_EQ(largest.size(), limits::max_frame_bytes);
}

TEST(FrameReader, ALowerChunkLimitHoldsFromTheNextFrame) {
  const wire::Bytes fits = wire::frame({.type = 5, .stream_id = 1}, {}, wire::filled(4096));
  const wire::Bytes bytes = fits + wire::frame({.type = 5, .stream_id = 1}, {}, wire::filled(4097));
  FrameReader reader;
  reader.set_max_chunk(4096);
  reader.feed(bytes);

  EXPECT_EQ(reader.next().value().payload.size(), 4096u);
  EXPECT_FALSE(reader.next());
  EXPECT_EQ(reader.error(), HeaderError::payload_too_long);
}

TEST(FrameReader, TheChunkLimitIsNeverRaised) {
  const wire::Bytes too_long = wire::Header{.type = 5, .payload_len = 65537, .stream_id = 1}.bytes();
  FrameReader reader;
  reader.set_max_chunk(0xFFFFFFFF);
  reader.feed(too_long);

  EXPECT_FALSE(reader.next());
  EXPECT_EQ(reader.error(), HeaderError::payload_too_long);
}

TEST(FrameReader, FindsABadHeaderBeforeTheRestOfTheFrameHasCome) {
  const wire::Bytes header = wire::Header{.type = 5, .payload_len = 0xFFFFFFFF, .stream_id = 1}.bytes();
  FrameReader reader;
  reader.feed(header);

  EXPECT_FALSE(reader.next());
  EXPECT_EQ(reader.error(), HeaderError::payload_too_long);
  EXPECT_FALSE(reader.in_frame());
}

TEST(FrameReader, YieldsTheFramesBeforeGarbageAndNothingAfterIt) {
  const wire::Bytes bytes = ping + wire::filled(100, '?') + ping;
  FrameReader reader;
  reader.feed(bytes);

  EXPECT_TRUE(reader.next());
  EXPECT_FALSE(reader.error());
  EXPECT_FALSE(reader.next());
  EXPECT_EQ(reader.error(), HeaderError::bad_magic);
  EXPECT_FALSE(reader.next());
}

TEST(FrameReader, IgnoresWhatIsFedAfterAnError) {
  const wire::Bytes garbage = wire::filled(32, '?');
  FrameReader reader;
  reader.feed(garbage);
  EXPECT_FALSE(reader.next());

  reader.feed(ping);

  EXPECT_FALSE(reader.next());
  EXPECT_EQ(reader.error(), HeaderError::bad_magic);
}

TEST(FrameReader, TellsATruncatedFrameFromAnEndBetweenFrames) {
  FrameReader reader;
  reader.feed(ping);
  EXPECT_TRUE(reader.next());
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.in_frame());

  reader.feed(part(ping, 0, 1));
  EXPECT_FALSE(reader.next());
  EXPECT_TRUE(reader.in_frame());
}

TEST(FrameReader, AFrameOfUnknownTypeIsYieldedWhole) {
  const wire::Bytes unknown = wire::frame({.type = 200, .flags = 0xFFFF}, wire::filled(3), wire::filled(4)) + ping;
  FrameReader reader;
  reader.feed(unknown);

  EXPECT_EQ(static_cast<int>(reader.next().value().header.type), 200);
  EXPECT_EQ(reader.next().value().header.type, FrameType::ping);
}

TEST(FrameReaderDeathTest, IsNotFedBeforeItsInputWasRead) {
  FrameReader reader;
  reader.feed(ping);

  EXPECT_DEATH(reader.feed(ping), "broken invariant");
}

}  // namespace
}  // namespace plugbroker::protocol
