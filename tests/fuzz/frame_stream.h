// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "broker_core/protocol/frame_header.h"
#include "broker_core/protocol/frame_reader.h"
#include "tests/fuzz/fuzz_check.h"
#include "tests/fuzz/fuzz_input.h"

namespace plugbroker::fuzz {

/// A frame that owns its bytes.
struct OwnedFrame {
  protocol::FrameHeader header;
  std::vector<std::byte> meta;
  std::vector<std::byte> payload;

  friend bool operator==(const OwnedFrame&, const OwnedFrame&) = default;
};

/// All that a reader makes of some bytes.
struct FrameStream {
  std::vector<OwnedFrame> frames;
  std::optional<protocol::HeaderError> error;
  bool in_frame = false;

  friend bool operator==(const FrameStream&, const FrameStream&) = default;
};

/// Reads `bytes` with a Reader that offers what FrameReader does. `max_chunk` of 0 leaves the reader's own.
template <typename Reader>
FrameStream read_frames(ByteView bytes, std::uint32_t max_chunk, Cut cut) {
  Reader reader;
  if (max_chunk != 0) reader.set_max_chunk(max_chunk);
  FrameStream result;
  feed(bytes, cut, [&](ByteView piece) {
    reader.feed(piece);
    while (const std::optional<protocol::Frame> frame = reader.next()) {
      require(!reader.error(), "a broken stream gives no frame");
      require(frame->meta.size() == frame->header.meta_len, "the metadata are as long as the header says");
      require(frame->payload.size() == frame->header.payload_len, "the payload is as long as the header says");
      result.frames.push_back(
          {frame->header, {frame->meta.begin(), frame->meta.end()}, {frame->payload.begin(), frame->payload.end()}});
    }
  });
  result.error = reader.error();
  result.in_frame = reader.in_frame();
  return result;
}

/// The promises that FrameReader makes for any bytes.
template <typename Reader>
void check_frame_stream(ByteView bytes, std::uint32_t max_chunk) {
  const FrameStream whole = read_frames<Reader>(bytes, max_chunk, Cut::whole);
  const FrameStream pieces = read_frames<Reader>(bytes, max_chunk, Cut::byte_by_byte);
  require(whole.frames == pieces.frames, "frames do not depend on how the bytes were cut");
  require(whole.error == pieces.error, "the error does not depend on how the bytes were cut");
  require(whole.in_frame == pieces.in_frame, "the end does not depend on how the bytes were cut");

  std::size_t at = 0;
  for (const OwnedFrame& frame : whole.frames) {
    std::vector<std::byte> again(limits::frame_header_bytes);
    protocol::encode_header(frame.header, again.data());
    again.insert(again.end(), frame.meta.begin(), frame.meta.end());
    again.insert(again.end(), frame.payload.begin(), frame.payload.end());
    require(again.size() <= bytes.size() - at, "frames are no longer than the bytes");
    require(std::equal(again.begin(), again.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at)),
            "a frame encodes to the bytes that it came from");
    at += again.size();
  }
  const std::size_t left = bytes.size() - at;
  require(whole.in_frame == (left > 0 && !whole.error), "what is left is the front of a frame");
  require(left < limits::frame_header_bytes || whole.error || left < limits::max_frame_bytes,
          "what is kept is less than the largest frame");
}

}  // namespace plugbroker::fuzz
