// SPDX-License-Identifier: Apache-2.0
// The sending half of ClientConnection: fills one write after another.
#include <algorithm>

#include "broker_core/protocol/frame_writer.h"
#include "broker_core/protocol/negotiation.h"
#include "client_lib/core/client_connection.h"

namespace plugbroker::client {

using Stage = Call::Stage;
using Writer = protocol::FrameWriter<std::vector<std::byte>>;

namespace {

/// The least room in a write, beside a frame's overhead, for which one is begun.
constexpr std::size_t min_payload_room = 2048;
constexpr std::size_t data_overhead = limits::frame_header_bytes;
constexpr std::size_t request_overhead = limits::frame_header_bytes + limits::max_meta_bytes;

std::uint16_t flags_of(const OutgoingRequest::Piece& piece) noexcept {
  return static_cast<std::uint16_t>((piece.more ? protocol::flag_more : 0) |
                                    (piece.end_stream ? protocol::flag_end_stream : 0) |
                                    (piece.no_message ? protocol::flag_no_message : 0));
}

protocol::RequestMeta meta_of(const CallHead& head) noexcept {
  return {.route = head.route,
          .traceparent = head.traceparent,
          .content_type = head.content_type,
          .idempotency_key = head.idempotency_key,
          .tracestate = head.tracestate,
          .app_metadata = head.app_metadata};
}

}  // namespace

/// Room for payload in this write; 0 when the next one is to be used.
std::size_t ClientConnection::room_for(const std::vector<std::byte>& buffer, std::size_t overhead) const noexcept {
  if (buffer.size() + overhead + min_payload_room > limits::max_write_bytes) return 0;
  const std::size_t room = limits::max_write_bytes - buffer.size() - overhead;
  return std::min({room, limits::max_chunk_bytes, std::size_t{peer_.limits.max_chunk}});
}

void ClientConnection::produce(std::vector<std::byte>& buffer, TimePoint now) {
  // Copied, not swapped: each of the two keeps the memory that fits its use.
  buffer.assign(control_.begin(), control_.end());
  control_.clear();
  if (state_ != State::open && state_ != State::going_away) return;
  bool progress = true;
  while (progress) {
    progress = write_request(buffer, now);
    // Each call once; those that wrote go to the end. A call that has nothing to say, or no credit, leaves: WINDOW and
    // request_grew() bring it back.
    Call* const last = sending_.back();
    for (Call* call = sending_.front(); call != nullptr;) {
      Call* const next = call == last ? nullptr : PlaceList::next(*call);
      if (write_data(buffer, *call)) progress = true;
      call = next;
    }
  }
}

bool ClientConnection::write_request(std::vector<std::byte>& buffer, TimePoint now) {
  Call* const call = unsent_.front();
  const std::size_t room = call == nullptr ? 0 : room_for(buffer, request_overhead);
  if (room == 0 || !connection_send_.can_send_empty()) return false;
  const protocol::SendWindow fresh{peer_.limits.stream_window};
  const auto piece = call->request.next(
      std::min({room, std::size_t{connection_send_.payload_room()}, std::size_t{fresh.payload_room()}}), true);
  if (!piece) return false;

  const Duration left = std::max(std::chrono::duration_cast<Duration>(call->deadline - now), Duration{1});
  const auto deadline_us = static_cast<std::uint64_t>(protocol::forwarded_deadline(left).count());
  const std::uint64_t id = last_stream_ + 1;

  // What can run out of memory comes first, so that a failure leaves the call unsent.
  const std::size_t before = buffer.size();
  streams_.push_back({id, call, fresh, protocol::ReceiveWindow{self_.limits.stream_window}});
  try {
    Writer(buffer).request(id, flags_of(*piece), deadline_us, meta_of(call->head), piece->payload);
  } catch (...) {
    streams_.pop_back();
    buffer.resize(before);
    throw;
  }
  last_stream_ = id;
  const std::uint32_t charge = protocol::frame_charge(piece->payload.size());
  connection_send_.spend(charge);
  streams_.back().send.spend(charge);
  call->request.written(*piece);
  detach(*call);
  call->stage_ = Stage::sent;
  call->stream_ = id;
  call->reply_started_ = false;
  call->reply_complete_ = false;
  ++call->outcome.attempts;
  if (!call->request.finished()) sending_.push_back(*call);
  if (call->kind == CallKind::stream) tell(*call);
  return true;
}

bool ClientConnection::write_data(std::vector<std::byte>& buffer, Call& call) {
  Stream& stream = *open_stream(call.stream_);
  const std::size_t room = room_for(buffer, data_overhead);
  if (room == 0) return false;  // It stays in its place for the next write.
  sending_.remove(call);
  if (!connection_send_.can_send_empty()) {
    sending_.push_back(call);
    return false;
  }
  if (!stream.send.can_send_empty()) return false;
  const std::size_t credit = std::min(connection_send_.payload_room(), stream.send.payload_room());
  const auto piece = call.request.next(std::min(room, credit), false);
  if (!piece) {
    // Without a byte of credit of the connection, whose WINDOW says nothing of this stream, it keeps its place.
    if (connection_send_.payload_room() == 0) sending_.push_back(call);
    return false;
  }
  sending_.push_back(call);
  Writer(buffer).data(call.stream_, flags_of(*piece), piece->payload);
  const std::uint32_t charge = protocol::frame_charge(piece->payload.size());
  connection_send_.spend(charge);
  stream.send.spend(charge);
  call.request.written(*piece);
  if (call.request.finished()) sending_.remove(call);
  if (call.kind == CallKind::stream) tell(call);
  return true;
}

}  // namespace plugbroker::client
