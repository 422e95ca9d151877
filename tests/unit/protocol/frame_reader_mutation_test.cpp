// SPDX-License-Identifier: Apache-2.0
// Whatever garbage comes in, it is read as frames or ends with one of the header errors, the same way whole, byte by
// byte and in pieces.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "broker_core/protocol/frame_reader.h"
#include "broker_core/protocol/messages.h"
#include "tests/unit/protocol/wire_bytes.h"

namespace plugbroker::protocol {
namespace {

struct SeenFrame {
  FrameHeader header;
  wire::Bytes meta;
  wire::Bytes payload;

  friend bool operator==(const SeenFrame&, const SeenFrame&) = default;
};

struct Seen {
  std::vector<SeenFrame> frames;
  std::optional<HeaderError> error;
  bool in_frame = false;

  friend bool operator==(const Seen&, const Seen&) = default;
};

/// Reads `bytes` in pieces whose sizes `next_size` gives. Each piece is a copy of its own, so that the sanitizer sees a
/// read past its end or after it has gone.
template <typename NextSize>
Seen read_in_pieces(const wire::Bytes& bytes, NextSize next_size) {
  Seen seen;
  FrameReader reader;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t size = std::min<std::size_t>(next_size(), bytes.size() - at);
    const wire::Bytes piece(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                            bytes.begin() + static_cast<std::ptrdiff_t>(at + size));
    at += size;
    reader.feed(piece);
    while (const std::optional<Frame> frame = reader.next()) {
      seen.frames.push_back(
          {frame->header, {frame->meta.begin(), frame->meta.end()}, {frame->payload.begin(), frame->payload.end()}});
    }
  }
  seen.error = reader.error();
  seen.in_frame = reader.in_frame();
  return seen;
}

/// Some of every kind of frame, small enough that a mutation hits something that matters.
wire::Bytes conversation() {
  using namespace wire;
  return frame({.type = 1}, tlv(0x0001, u8(1)) + tlv(0x0002, u16(1)) + tlv(0x0003, u16(1))) +
         frame({.type = 4, .flags = 2, .stream_id = 1, .deadline_us = 1000}, tlv(0x0020, text("echo")), filled(70)) +
         frame({.type = 5, .flags = 1, .stream_id = 1}, {}, filled(300)) +
         frame({.type = 8, .stream_id = 1}, tlv(0x0050, u32(600))) + frame({.type = 9}, tlv(0x0070, u64(1))) +
         frame({.type = 99, .flags = 7}, filled(9), filled(11)) + frame({.type = 7, .stream_id = 1}) +
         frame({.type = 6, .stream_id = 1},
               tlv(0x0040, u16(0)) + tlv(0x0041, u8(0)) + tlv(0x0042, u8(3)) + tlv(0x0043, u8(1)));
}

/// One to four changes: a byte overwritten, a bit flipped, bytes taken out or put in, the end cut off.
wire::Bytes mutate(wire::Bytes bytes, std::mt19937& random) {
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random()) % n; };
  const std::size_t changes = 1 + below(4);
  for (std::size_t change = 0; change < changes && bytes.size() > 1; ++change) {
    const std::size_t at = below(bytes.size());
    const auto where = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    const std::size_t room = std::min<std::size_t>(1 + below(40), bytes.size() - at);
    switch (below(5)) {
      case 0:
        *where = static_cast<std::byte>(random() & 0xFF);
        break;
      case 1:
        *where ^= static_cast<std::byte>(1u << below(8));
        break;
      case 2:
        bytes.erase(where, where + static_cast<std::ptrdiff_t>(room));
        break;
      case 3:
        bytes.insert(where, room, static_cast<std::byte>(random() & 0xFF));
        break;
      default:
        bytes.resize(at);
        break;
    }
  }
  return bytes;
}

wire::Bytes noise(std::mt19937& random) {
  wire::Bytes bytes(random() % 200);
  std::ranges::generate(bytes, [&] { return static_cast<std::byte>(random() & 0xFF); });
  return bytes;
}

constexpr unsigned seeds = 3000;

/// Every decoder on every frame's metadata: a value or a Status, never anything else. Returns how many gave a value.
std::size_t decode_as_everything(ByteView meta) {
  return static_cast<std::size_t>(decode_hello(meta).ok()) + decode_hello_ack(meta).ok() + decode_ready(meta).ok() +
         decode_request(meta).ok() + decode_end(meta).ok() + decode_goaway(meta).ok() + decode_credit(meta).ok() +
         decode_opaque(meta).ok() + decode_frame_type(meta).ok() + check_metadata(FrameType::data, meta).ok();
}

TEST(FrameReaderMutations, WholeAndByteByByteGiveTheSameEvents) {
  const wire::Bytes good = conversation();
  for (unsigned seed = 0; seed < seeds; ++seed) {
    std::mt19937 random(seed);
    const wire::Bytes bytes = mutate(good, random);

    const Seen whole = read_in_pieces(bytes, [&] { return bytes.size(); });

    ASSERT_EQ(read_in_pieces(bytes, [] { return std::size_t{1}; }), whole) << "seed " << seed;
  }
}

TEST(FrameReaderMutations, WholeAndInRandomPiecesGiveTheSameEvents) {
  const wire::Bytes good = conversation();
  for (unsigned seed = 0; seed < seeds; ++seed) {
    std::mt19937 random(seed);
    const wire::Bytes bytes = mutate(good, random) + good;

    const Seen whole = read_in_pieces(bytes, [&] { return bytes.size(); });

    ASSERT_EQ(read_in_pieces(bytes, [&] { return std::size_t{1} + random() % 90; }), whole) << "seed " << seed;
  }
}

TEST(FrameReaderMutations, NoiseEndsTheStreamOrWaitsForMore) {
  for (unsigned seed = 0; seed < seeds; ++seed) {
    std::mt19937 random(seed);
    const wire::Bytes bytes = noise(random);

    const Seen whole = read_in_pieces(bytes, [&] { return bytes.size(); });

    ASSERT_TRUE(whole.frames.empty()) << "seed " << seed;
    ASSERT_EQ(whole.error.has_value(), bytes.size() >= 32) << "seed " << seed;
    ASSERT_EQ(read_in_pieces(bytes, [] { return std::size_t{1}; }), whole) << "seed " << seed;
  }
}

TEST(FrameReaderMutations, MutatedMetadataIsDecodedOrRefusedAndNothingElse) {
  const wire::Bytes good = conversation();
  std::size_t frames = 0;
  std::size_t values = 0;
  for (unsigned seed = 0; seed < seeds; ++seed) {
    std::mt19937 random(seed);
    const wire::Bytes bytes = mutate(good, random);
    for (const SeenFrame& frame : read_in_pieces(bytes, [&] { return bytes.size(); }).frames) {
      values += decode_as_everything(frame.meta);
      ++frames;
    }
  }

  EXPECT_GT(frames, seeds) << "the mutations leave enough frames to be worth the run";
  EXPECT_GT(values, seeds);
}

TEST(FrameReaderMutations, TheConversationItselfIsWithoutFault) {
  const wire::Bytes bytes = conversation();

  const Seen whole = read_in_pieces(bytes, [&] { return bytes.size(); });

  EXPECT_EQ(whole.frames.size(), 8u);
  EXPECT_FALSE(whole.error);
  EXPECT_FALSE(whole.in_frame);
}

}  // namespace
}  // namespace plugbroker::protocol
