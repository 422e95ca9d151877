// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "broker_core/base/bytes.h"
#include "broker_core/protocol/frame_header.h"
#include "broker_core/protocol/messages.h"
#include "broker_core/protocol/tlv.h"

namespace plugbroker::protocol {

/// Appends whole frames to a buffer that offers `std::size_t size()`, `resize(n)` and `std::byte* data()`
/// (std::vector<std::byte>, or a fixed buffer of the same shape).
///
/// append_* return the bytes appended. Nothing here allocates beyond the buffer's own growth.
template <typename Buffer>
class FrameWriter {
 public:
  explicit FrameWriter(Buffer& buffer) noexcept : buffer_(buffer) {}

  std::size_t hello(const Hello& hello) { return with_meta(FrameType::hello, 0, hello); }
  std::size_t hello_ack(const HelloAck& ack) { return with_meta(FrameType::hello_ack, 0, ack); }
  /// Fails as encode(const Ready&, ...) does; then nothing is appended.
  Result<std::size_t> ready(const Ready& ready) {
    const Result<std::size_t> used = encode(ready, MutableByteView{scratch_});
    if (!used) return used;
    return frame({.type = FrameType::ready}, ByteView{scratch_}.first(*used), {});
  }
  std::size_t end(std::uint64_t stream, const EndMeta& end) { return with_meta(FrameType::end, stream, end); }
  std::size_t goaway(const GoAway& goaway) { return with_meta(FrameType::goaway, 0, goaway); }
  std::size_t cancel(std::uint64_t stream) { return frame({.type = FrameType::cancel, .stream_id = stream}, {}, {}); }
  std::size_t window(std::uint64_t stream, std::uint32_t credit) {
    const std::size_t used = encode_credit(credit, MutableByteView{scratch_});
    return frame({.type = FrameType::window, .stream_id = stream}, ByteView{scratch_}.first(used), {});
  }
  std::size_t ping(std::uint64_t opaque) { return with_opaque(FrameType::ping, opaque); }
  std::size_t pong(std::uint64_t opaque) { return with_opaque(FrameType::pong, opaque); }
  std::size_t unimplemented(std::uint64_t stream, FrameType type) {
    const std::size_t used = encode_frame_type(static_cast<std::uint8_t>(type), MutableByteView{scratch_});
    return frame({.type = FrameType::unimplemented, .stream_id = stream}, ByteView{scratch_}.first(used), {});
  }

  /// Flags are flag_end_stream and flag_more; `deadline` is at least 1 µs.
  std::size_t request(std::uint64_t stream, std::uint16_t flags, std::uint64_t deadline_us, const RequestMeta& request,
                      ByteView payload) {
    FrameHeader header{.type = FrameType::request, .flags = flags, .stream_id = stream, .deadline_us = deadline_us};
    if (has_only_a_route(request)) return request_with_route(header, as_byte_view(request.route), payload);
    const std::size_t used = encode(request, MutableByteView{scratch_});
    return frame(header, ByteView{scratch_}.first(used), payload);
  }
  std::size_t data(std::uint64_t stream, std::uint16_t flags, ByteView payload) {
    return frame({.type = FrameType::data, .flags = flags, .stream_id = stream}, {}, payload);
  }

  /// Any frame: lengths in `header` are set from `meta` and `payload`.
  std::size_t frame(FrameHeader header, ByteView meta, ByteView payload) {
    header.meta_len = static_cast<std::uint16_t>(meta.size());
    header.payload_len = static_cast<std::uint32_t>(payload.size());
    const std::size_t before = buffer_.size();
    const std::size_t length = limits::frame_header_bytes + meta.size() + payload.size();
    buffer_.resize(before + length);
    std::byte* to = buffer_.data() + before;
    encode_header(header, to);
    if (!meta.empty()) std::memcpy(to + limits::frame_header_bytes, meta.data(), meta.size());
    if (!payload.empty()) std::memcpy(to + limits::frame_header_bytes + meta.size(), payload.data(), payload.size());
    return length;
  }

 private:
  /// As most requests: written where they go, without a copy between.
  [[nodiscard]] static bool has_only_a_route(const RequestMeta& request) noexcept {
    return (request.traceparent.size() | request.content_type.size() | request.idempotency_key.size() |
            request.tracestate.size() | request.caller_sid.size() | request.caller_account.size() |
            request.app_metadata.size()) == 0 &&
           !request.caller_integrity && !request.caller_session && request.route.size() <= limits::max_route_bytes;
  }
  std::size_t request_with_route(FrameHeader& header, ByteView route, ByteView payload) {
    header.meta_len = static_cast<std::uint16_t>(tlv_header_bytes + route.size());
    header.payload_len = static_cast<std::uint32_t>(payload.size());
    const std::size_t before = buffer_.size();
    const std::size_t length = limits::frame_header_bytes + header.meta_len + payload.size();
    buffer_.resize(before + length);
    std::byte* to = buffer_.data() + before;
    encode_header(header, to);
    TlvWriter(MutableByteView{to + limits::frame_header_bytes, header.meta_len}).put_bytes(TlvType::route, route);
    to += limits::frame_header_bytes + header.meta_len;
    if (!payload.empty()) std::memcpy(to, payload.data(), payload.size());
    return length;
  }

  template <typename Message>
  std::size_t with_meta(FrameType type, std::uint64_t stream, const Message& message) {
    const std::size_t used = encode(message, MutableByteView{scratch_});
    return frame({.type = type, .stream_id = stream}, ByteView{scratch_}.first(used), {});
  }
  std::size_t with_opaque(FrameType type, std::uint64_t opaque) {
    const std::size_t used = encode_opaque(opaque, MutableByteView{scratch_});
    return frame({.type = type}, ByteView{scratch_}.first(used), {});
  }

  Buffer& buffer_;
  std::array<std::byte, limits::max_meta_bytes> scratch_;
};

}  // namespace plugbroker::protocol
