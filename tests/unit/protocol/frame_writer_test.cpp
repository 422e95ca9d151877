// SPDX-License-Identifier: Apache-2.0
// What each frame's bytes are stands in docs/PROTOCOL.md and is tested by protocol_document_test.
#include "broker_core/protocol/frame_writer.h"

#include <gtest/gtest.h>

#include "broker_core/protocol/frame_reader.h"
#include "tests/unit/protocol/wire_bytes.h"

namespace plugbroker::protocol {
namespace {

TEST(FrameWriter, AppendsBehindWhatIsThere) {
  wire::Bytes buffer = wire::text("before");
  FrameWriter writer(buffer);

  writer.cancel(3);

  EXPECT_EQ(buffer, wire::text("before") + wire::frame({.type = 7, .stream_id = 3}));
}

TEST(FrameWriter, SetsTheLengthsFromWhatItIsGiven) {
  wire::Bytes buffer;
  FrameWriter writer(buffer);
  const wire::Bytes meta = wire::filled(5);
  const wire::Bytes payload = wire::filled(7);

  writer.frame({.type = FrameType::data, .meta_len = 99, .payload_len = 99, .stream_id = 1}, meta, payload);

  EXPECT_EQ(buffer, wire::frame({.type = 5, .stream_id = 1}, meta, payload));
}

TEST(FrameWriter, TheReaderTakesEverythingItWrites) {
  wire::Bytes buffer;
  FrameWriter writer(buffer);
  writer.hello({});
  writer.hello_ack({});
  ASSERT_TRUE(writer.ready({.routes = {"echo"}, .concurrency = 1}).ok());
  writer.request(1, flag_more, 1, {.route = "echo"}, wire::filled(65536));
  writer.data(1, flag_end_stream, {});
  writer.end(1, {});
  writer.cancel(1);
  writer.window(0, 1);
  writer.window(1, 1);
  writer.ping(1);
  writer.pong(1);
  writer.goaway({});
  writer.unimplemented(1, FrameType{14});
  FrameReader reader;
  reader.feed(buffer);

  int frames = 0;
  while (reader.next()) ++frames;

  EXPECT_EQ(frames, 13);
  EXPECT_FALSE(reader.error());
  EXPECT_FALSE(reader.in_frame());
}

TEST(FrameWriter, AReadyThatCannotBeSentAppendsNothing) {
  wire::Bytes buffer;
  FrameWriter writer(buffer);

  EXPECT_FALSE(writer.ready({.routes = {"not a route"}, .concurrency = 1}).ok());

  EXPECT_TRUE(buffer.empty());
}

}  // namespace
}  // namespace plugbroker::protocol
