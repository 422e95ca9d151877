// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/engine/fake_peer.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/engine/engine_world.h"

namespace plugbroker::engine::testing {

using protocol::FrameType;

void FakePeer::send_bytes(ByteView bytes) {
  world_.handle(BytesReceived{connection_, bytes});
}

void FakePeer::hello(protocol::Role role, const protocol::PeerLimits& limits) {
  protocol::Hello hello{.role = role, .peer = {}};
  hello.peer.limits = limits;
  hello.peer.library_name = "fake";
  hello.peer.library_version = "1";
  send([&](auto& writer) { writer.hello(hello); });
}

void FakePeer::ready(std::vector<std::string> routes, std::uint32_t concurrency) {
  send([&](auto& writer) { ASSERT_TRUE(writer.ready({std::move(routes), concurrency}).ok()); });
}

void FakePeer::request(std::uint64_t stream, std::string_view route, std::string_view payload, Duration deadline,
                       std::uint16_t flags) {
  send([&](auto& writer) {
    writer.request(stream, flags, static_cast<std::uint64_t>(deadline.count()), {.route = route},
                   as_byte_view(payload));
  });
}

void FakePeer::data(std::uint64_t stream, std::string_view payload, std::uint16_t flags) {
  send([&](auto& writer) { writer.data(stream, flags, as_byte_view(payload)); });
}

void FakePeer::end(std::uint64_t stream, const protocol::EndMeta& end) {
  send([&](auto& writer) { writer.end(stream, end); });
}

void FakePeer::cancel(std::uint64_t stream) {
  send([&](auto& writer) { writer.cancel(stream); });
}

void FakePeer::window(std::uint64_t stream, std::uint32_t credit) {
  send([&](auto& writer) { writer.window(stream, credit); });
}

void FakePeer::reply(std::uint64_t stream, std::string_view payload) {
  data(stream, payload);
  end(stream);
}

void FakePeer::disappear(std::string_view reason) {
  if (!open) return;
  open = false;
  world_.handle(ConnectionClosed{connection_, std::string{reason}});
}

void FakePeer::read_again() {
  reading_ = true;
  world_.write_out(*this);
}

void FakePeer::take_in(ByteView bytes) {
  reader_.feed(bytes);
  while (const std::optional<protocol::Frame> frame = reader_.next()) {
    if (frame->header.type == FrameType::request) ++requests_taken;
    frames_.push_back({frame->header, {frame->meta.begin(), frame->meta.end()}, std::string{as_text(frame->payload)}});
  }
  EXPECT_FALSE(reader_.error()) << "the broker wrote a broken frame";
  EXPECT_FALSE(reader_.in_frame()) << "the broker wrote a part of a frame";
}

std::vector<SeenFrame> FakePeer::seen(FrameType type) const {
  std::vector<SeenFrame> found;
  for (const SeenFrame& frame : frames_) {
    if (frame.header.type == type) found.push_back(frame);
  }
  return found;
}

std::vector<SeenFrame> FakePeer::seen(FrameType type, std::uint64_t stream) const {
  std::vector<SeenFrame> found = seen(type);
  std::erase_if(found, [&](const SeenFrame& frame) { return frame.header.stream_id != stream; });
  return found;
}

protocol::HelloAck FakePeer::hello_ack() const {
  const std::vector<SeenFrame> found = seen(FrameType::hello_ack);
  EXPECT_EQ(found.size(), 1u);
  if (found.empty()) return {};
  return protocol::decode_hello_ack(found.front().meta).value();
}

SeenEnd FakePeer::end_of(std::uint64_t stream) const {
  const std::vector<SeenFrame> found = seen(FrameType::end, stream);
  EXPECT_EQ(found.size(), 1u) << "ENDs of stream " << stream;
  if (found.empty()) return {};
  const protocol::EndMeta end = protocol::decode_end(found.front().meta).value();
  SeenEnd seen_end{.status = end.status,
                   .retry = end.retry,
                   .origin = end.origin,
                   .worker_received = end.worker_received,
                   .message = std::string{end.message},
                   .content_type = std::string{end.content_type},
                   .app_metadata = {},
                   .detail = std::string{as_text(end.detail)},
                   .retry_after_us = end.retry_after_us};
  for (const protocol::MetadataPair pair : end.app_metadata) seen_end.app_metadata.emplace_back(pair.key, pair.value);
  return seen_end;
}

std::vector<std::string> FakePeer::messages_of(std::uint64_t stream) const {
  std::vector<std::string> messages;
  std::string message;
  for (const SeenFrame& frame : frames_) {
    const bool carries = frame.header.type == FrameType::request || frame.header.type == FrameType::data;
    if (!carries || frame.header.stream_id != stream || (frame.header.flags & no_message) != 0) continue;
    message += frame.payload;
    if ((frame.header.flags & more) == 0) messages.push_back(std::exchange(message, {}));
  }
  return messages;
}

bool FakePeer::half_closed(std::uint64_t stream) const {
  return std::ranges::any_of(frames_, [&](const SeenFrame& frame) {
    return frame.header.stream_id == stream && (frame.header.flags & whole) != 0;
  });
}

std::string FakePeer::reply_of(std::uint64_t stream) const {
  std::string reply;
  for (const SeenFrame& frame : seen(FrameType::data, stream)) reply += frame.payload;
  return reply;
}

SeenGoAway FakePeer::goaway() const {
  const std::vector<SeenFrame> found = seen(FrameType::goaway);
  EXPECT_EQ(found.size(), 1u);
  if (found.empty()) return {};
  const protocol::GoAway goaway = protocol::decode_goaway(found.front().meta).value();
  return {goaway.last_stream, goaway.status, std::string{goaway.message}};
}

std::uint32_t FakePeer::credit_for(std::uint64_t stream) const {
  std::uint32_t sum = 0;
  for (const SeenFrame& frame : seen(FrameType::window, stream)) sum += protocol::decode_credit(frame.meta).value();
  return sum;
}

std::uint64_t FakePeer::last_request() const {
  const std::vector<SeenFrame> found = seen(FrameType::request);
  return found.empty() ? 0 : found.back().header.stream_id;
}

}  // namespace plugbroker::engine::testing
