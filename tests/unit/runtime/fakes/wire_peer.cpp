// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/runtime/fakes/wire_peer.h"

#include <gtest/gtest.h>

#include <array>
#include <utility>

#include "broker_core/protocol/frame_reader.h"

namespace plugbroker::test {

using protocol::FrameType;
using protocol::FrameWriter;

std::vector<ReceivedFrame> frames_in(const std::vector<std::byte>& bytes) {
  protocol::FrameReader reader;
  reader.feed(ByteView{bytes});
  std::vector<ReceivedFrame> frames;
  while (const auto frame = reader.next()) {
    frames.push_back({frame->header, {frame->meta.begin(), frame->meta.end()}, std::string(as_text(frame->payload))});
  }
  EXPECT_FALSE(reader.error().has_value());
  EXPECT_FALSE(reader.in_frame());
  return frames;
}

std::vector<ReceivedFrame> frames_of_type(const std::vector<std::byte>& bytes, FrameType type) {
  std::vector<ReceivedFrame> frames = frames_in(bytes);
  std::erase_if(frames, [type](const ReceivedFrame& frame) { return frame.header.type != type; });
  return frames;
}

Outcome first_outcome(const std::vector<std::byte>& bytes) {
  const auto ends = frames_of_type(bytes, FrameType::end);
  if (ends.empty()) return {};
  const auto meta = protocol::decode_end(ByteView{ends.front().meta});
  EXPECT_TRUE(meta.ok());
  return {.stream = ends.front().header.stream_id,
          .status = meta->status,
          .retry = meta->retry,
          .origin = meta->origin,
          .worker_received = meta->worker_received,
          .message = std::string(meta->message),
          .content_type = std::string(meta->content_type)};
}

protocol::HelloAck hello_ack_in(const std::vector<std::byte>& bytes) {
  const auto acks = frames_of_type(bytes, FrameType::hello_ack);
  protocol::HelloAck none;
  none.result = {StatusCode::unknown, "no HELLO_ACK"};
  if (acks.empty()) return none;
  auto ack = protocol::decode_hello_ack(ByteView{acks.front().meta});
  EXPECT_TRUE(ack.ok());
  return std::move(ack).value();
}

std::vector<std::byte> hello(protocol::Role role, protocol::PeerLimits limits) {
  std::vector<std::byte> bytes;
  protocol::Hello hello;
  hello.role = role;
  hello.peer.limits = limits;
  hello.peer.library_name = "test";
  hello.peer.library_version = "1";
  FrameWriter(bytes).hello(hello);
  return bytes;
}

std::vector<std::byte> ready(std::vector<std::string> routes, std::uint32_t concurrency) {
  std::array<std::byte, limits::max_meta_bytes> meta{};
  protocol::Ready ready;
  ready.routes = std::move(routes);
  ready.concurrency = concurrency;
  const auto used = protocol::encode(ready, MutableByteView{meta});
  EXPECT_TRUE(used.ok());
  std::vector<std::byte> bytes;
  FrameWriter(bytes).frame({.type = FrameType::ready}, ByteView{meta}.first(*used), {});
  return bytes;
}

std::vector<std::byte> request(std::uint64_t stream, std::string_view route, std::string_view payload,
                               std::uint16_t flags, std::uint64_t deadline_us) {
  std::vector<std::byte> bytes;
  protocol::RequestMeta meta;
  meta.route = route;
  FrameWriter(bytes).request(stream, flags, deadline_us, meta, as_byte_view(payload));
  return bytes;
}

std::vector<std::byte> data(std::uint64_t stream, std::uint16_t flags, std::string_view payload) {
  std::vector<std::byte> bytes;
  FrameWriter(bytes).data(stream, flags, as_byte_view(payload));
  return bytes;
}

std::vector<std::byte> end(std::uint64_t stream, StatusCode status) {
  std::vector<std::byte> bytes;
  protocol::EndMeta meta;
  meta.status = status;
  meta.origin = Origin::worker;
  meta.worker_received = true;
  FrameWriter(bytes).end(stream, meta);
  return bytes;
}

std::vector<std::byte> cancel(std::uint64_t stream) {
  std::vector<std::byte> bytes;
  FrameWriter(bytes).cancel(stream);
  return bytes;
}

std::vector<std::byte> window(std::uint64_t stream, std::uint32_t credit) {
  std::vector<std::byte> bytes;
  FrameWriter(bytes).window(stream, credit);
  return bytes;
}

std::vector<std::byte> ping(std::uint64_t opaque) {
  std::vector<std::byte> bytes;
  FrameWriter(bytes).ping(opaque);
  return bytes;
}

std::vector<std::byte> bare(FrameType type) {
  std::vector<std::byte> bytes;
  FrameWriter(bytes).frame({.type = type}, {}, {});
  return bytes;
}

std::string reply_of(const std::vector<std::byte>& bytes, std::uint64_t stream) {
  std::string reply;
  for (const ReceivedFrame& frame : frames_of_type(bytes, FrameType::data)) {
    if (frame.header.stream_id == stream) reply += frame.payload;
  }
  return reply;
}

}  // namespace plugbroker::test
