// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/output_queue.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "broker_core/base/assert.h"
#include "broker_core/engine/frame_space.h"
#include "broker_core/engine/relay.h"
#include "broker_core/protocol/messages.h"
#include "broker_core/protocol/plain_end.h"

namespace plugbroker::engine {

using protocol::frame_charge;

void OutputQueue::open(const protocol::PeerLimits& peer) noexcept {
  window_ = protocol::SendWindow{std::min(peer.connection_window, limits::max_window_bytes)};
  // A receiver gives credit back once half of its window is due: half a window always becomes affordable.
  const std::uint32_t half = std::min(peer.stream_window, peer.connection_window) / 2;
  const std::uint32_t affordable = half > limits::frame_charge_bytes ? half - limits::frame_charge_bytes : 1;
  max_piece_ = std::min({static_cast<std::uint32_t>(limits::max_chunk_bytes), peer.max_chunk, affordable});
}

void OutputQueue::push_control(PayloadStore& store, ByteView frame) {
  control_.push(store, {}, frame, {});
  control_bytes_ += frame.size();
}

void OutputQueue::offer(OutgoingStream& stream) noexcept {
  using Place = OutgoingStream::Place;
  if (stream.place != Place::outside) return;
  if (stream.chunks.empty()) {
    if (!stream.end_pending) return;
    stream.place = Place::ready;
    ready_.push_back(stream);
    return;
  }
  const std::uint32_t cost = frame_charge(next_piece(stream));
  if (stream.window.available() < cost) return;
  const bool starved = window_.available() < cost;
  stream.place = starved ? Place::starved : Place::ready;
  (starved ? starved_ : ready_).push_back(stream);
}

bool OutputQueue::add_connection_credit(std::uint32_t credit) noexcept {
  if (!window_.add(credit)) return false;
  while (OutgoingStream* stream = starved_.front()) move(*stream, OutgoingStream::Place::ready);
  return true;
}

std::size_t OutputQueue::take(PayloadStore& store, Relay& relay, std::vector<std::byte>& buffer,
                              std::size_t max_bytes) {
  PLUGBROKER_ASSERT(max_bytes >= limits::max_frame_bytes);
  FrameSpace space{buffer, max_bytes};
  while (!control_.empty()) {
    const std::size_t length = control_.front().meta_len;
    std::byte* const to = space.claim(length);
    if (to == nullptr) return space.claimed();
    control_.read_front(store, 0, to);
    control_bytes_ -= length;
  }
  while (OutgoingStream* stream = ready_.front()) {
    const Taken taken =
        stream->chunks.empty() ? take_end(*stream, relay, space) : take_from(*stream, store, relay, space);
    if (taken == Taken::no_room) break;
  }
  return space.claimed();
}

void OutputQueue::clear_control(PayloadStore& store) noexcept {
  control_.clear(store);
  control_bytes_ = 0;
}

OutputQueue::Taken OutputQueue::take_from(OutgoingStream& stream, PayloadStore& store, Relay& relay,
                                          FrameSpace& space) {
  const ChunkHeader chunk = stream.chunks.front();
  const std::uint32_t piece = next_piece(stream);
  const std::uint32_t cost = frame_charge(piece);
  if (window_.available() < cost) {
    move(stream, OutgoingStream::Place::starved);
    return Taken::nothing;
  }
  std::byte* const to = space.claim(limits::frame_header_bytes + chunk.meta_len + piece);
  if (to == nullptr) return Taken::no_room;

  // A chunk whose first part has left goes on as DATA; a part that is not the last says that more follows.
  const bool opens = chunk.type == protocol::FrameType::request && chunk.meta_len != 0;
  const std::uint64_t deadline_us = opens ? relay.open_stream(stream) : 0;
  protocol::encode_header({.type = opens ? protocol::FrameType::request : protocol::FrameType::data,
                           .flags = piece == chunk.payload_len ? chunk.flags : protocol::flag_more,
                           .meta_len = chunk.meta_len,
                           .payload_len = piece,
                           .stream_id = stream.id,
                           .deadline_us = deadline_us},
                          to);
  const bool whole = stream.chunks.read_front(store, piece, to + limits::frame_header_bytes);

  stream.window.spend(cost);
  window_.spend(cost);
  put_behind(stream);
  relay.bytes_left(stream, whole ? cost : piece);
  return Taken::frame;
}

OutputQueue::Taken OutputQueue::take_end(OutgoingStream& stream, Relay& relay, FrameSpace& space) {
  const protocol::EndMeta end = stream.call->outcome.view();
  std::array<std::byte, limits::max_meta_bytes> meta;  // Not filled: what is read was written before.
  const bool plain = protocol::is_plain(end);
  const std::size_t meta_bytes = plain ? protocol::plain_end::bytes : protocol::encode(end, MutableByteView{meta});
  std::byte* const to = space.claim(limits::frame_header_bytes + meta_bytes);
  if (to == nullptr) return Taken::no_room;
  protocol::encode_header(
      {.type = protocol::FrameType::end, .meta_len = static_cast<std::uint16_t>(meta_bytes), .stream_id = stream.id},
      to);
  if (plain) {
    protocol::encode_plain(end, to + limits::frame_header_bytes);
  } else {
    std::memcpy(to + limits::frame_header_bytes, meta.data(), meta_bytes);
  }
  ready_.erase(stream);
  stream.place = OutgoingStream::Place::outside;
  stream.end_pending = false;
  relay.end_left(stream);
  return Taken::frame;
}

/// The stream has had its turn: if it has more to send, it is behind the others that are ready.
void OutputQueue::put_behind(OutgoingStream& stream) noexcept {
  const bool only_end_is_left = stream.chunks.empty() && stream.end_pending;
  if (only_end_is_left && ready_.front() == ready_.back()) return;
  ready_.erase(stream);
  stream.place = OutgoingStream::Place::outside;
  offer(stream);
}

void OutputQueue::move(OutgoingStream& stream, OutgoingStream::Place to) noexcept {
  using Place = OutgoingStream::Place;
  if (stream.place == Place::ready) ready_.erase(stream);
  if (stream.place == Place::starved) starved_.erase(stream);
  stream.place = to;
  if (to == Place::ready) ready_.push_back(stream);
  if (to == Place::starved) starved_.push_back(stream);
}

}  // namespace plugbroker::engine
