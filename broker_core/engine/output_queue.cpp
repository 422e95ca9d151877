// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/output_queue.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "broker_core/base/assert.h"
#include "broker_core/protocol/messages.h"

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
  if (stream.place != OutgoingStream::Place::outside) return;
  const bool sendable = stream.chunks.empty() ? stream.end_pending : affordable_by_stream(stream);
  if (!sendable) return;
  const bool starved = !stream.chunks.empty() && window_.available() < frame_charge(next_piece(stream));
  move(stream, starved ? OutgoingStream::Place::starved : OutgoingStream::Place::ready);
}

void OutputQueue::drop_chunks(PayloadStore& store, OutgoingStream& stream) noexcept {
  withdraw(stream);
  stream.chunks.clear(store);
}

bool OutputQueue::add_connection_credit(std::uint32_t credit) noexcept {
  if (!window_.add(credit)) return false;
  while (OutgoingStream* stream = starved_.front()) move(*stream, OutgoingStream::Place::ready);
  return true;
}

std::size_t OutputQueue::take(PayloadStore& store, StreamEvents& events, std::vector<std::byte>& buffer,
                              std::size_t max_bytes) {
  PLUGBROKER_ASSERT(max_bytes >= limits::max_frame_bytes);
  const std::size_t before = buffer.size();
  const auto room = [&] { return max_bytes - (buffer.size() - before); };
  while (!control_.empty()) {
    const std::size_t length = control_.front().meta_len;
    if (length > room()) return buffer.size() - before;
    buffer.resize(buffer.size() + length);
    control_.read_front(store, 0, buffer.data() + buffer.size() - length);
    control_bytes_ -= length;
  }
  while (OutgoingStream* stream = ready_.front()) {
    if (take_from(*stream, store, events, buffer, room()) == Taken::no_room) break;
  }
  return buffer.size() - before;
}

void OutputQueue::clear_control(PayloadStore& store) noexcept {
  control_.clear(store);
  control_bytes_ = 0;
}

std::uint32_t OutputQueue::next_piece(const OutgoingStream& stream) const noexcept {
  return std::min(stream.chunks.front().payload_len, max_piece_);
}

bool OutputQueue::affordable_by_stream(const OutgoingStream& stream) const noexcept {
  return stream.window.available() >= frame_charge(next_piece(stream));
}

OutputQueue::Taken OutputQueue::take_from(OutgoingStream& stream, PayloadStore& store, StreamEvents& events,
                                          std::vector<std::byte>& buffer, std::size_t room) {
  if (stream.chunks.empty()) return take_end(stream, events, buffer, room);
  const ChunkHeader chunk = stream.chunks.front();
  const std::uint32_t piece = next_piece(stream);
  const std::uint32_t cost = frame_charge(piece);
  if (window_.available() < cost) {
    move(stream, OutgoingStream::Place::starved);
    return Taken::nothing;
  }
  const std::size_t length = limits::frame_header_bytes + chunk.meta_len + piece;
  if (length > room) return Taken::no_room;

  // A chunk whose first part has left goes on as DATA; a part that is not the last says that more follows.
  const bool opens = chunk.type == protocol::FrameType::request && chunk.meta_len != 0;
  protocol::FrameHeader header{.type = opens ? protocol::FrameType::request : protocol::FrameType::data,
                               .flags = piece == chunk.payload_len ? chunk.flags : protocol::flag_more,
                               .meta_len = chunk.meta_len,
                               .payload_len = piece};
  if (opens) header.deadline_us = events.open_stream(stream);
  header.stream_id = stream.id;
  buffer.resize(buffer.size() + length);
  std::byte* to = buffer.data() + buffer.size() - length;
  protocol::encode_header(header, to);
  const bool whole = stream.chunks.read_front(store, piece, to + limits::frame_header_bytes);

  stream.window.spend(cost);
  window_.spend(cost);
  move(stream, OutgoingStream::Place::outside);
  offer(stream);
  events.bytes_left(stream, whole ? cost : piece);
  return Taken::frame;
}

OutputQueue::Taken OutputQueue::take_end(OutgoingStream& stream, StreamEvents& events, std::vector<std::byte>& buffer,
                                         std::size_t room) {
  std::array<std::byte, limits::max_meta_bytes> meta;  // Not filled: what is read was written before.
  const std::size_t meta_bytes = protocol::encode(events.end_of(stream), MutableByteView{meta});
  const std::size_t length = limits::frame_header_bytes + meta_bytes;
  if (length > room) return Taken::no_room;
  buffer.resize(buffer.size() + length);
  std::byte* to = buffer.data() + buffer.size() - length;
  protocol::encode_header(
      {.type = protocol::FrameType::end, .meta_len = static_cast<std::uint16_t>(meta_bytes), .stream_id = stream.id},
      to);
  std::memcpy(to + limits::frame_header_bytes, meta.data(), meta_bytes);
  move(stream, OutgoingStream::Place::outside);
  stream.end_pending = false;
  events.end_left(stream);
  return Taken::frame;
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
