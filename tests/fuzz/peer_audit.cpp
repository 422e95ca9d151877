// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/peer_audit.h"

#include <algorithm>

#include "broker_core/protocol/credit.h"

namespace plugbroker::fuzz {
namespace {

using protocol::FrameType;
using protocol::Role;

bool metadata_are_valid(const protocol::Frame& frame) {
  switch (frame.header.type) {
    case FrameType::hello_ack:
      return protocol::decode_hello_ack(frame.meta).ok();
    case FrameType::request:
      return protocol::decode_request(frame.meta).ok();
    case FrameType::end:
      return protocol::decode_end(frame.meta).ok();
    case FrameType::window:
      return protocol::decode_credit(frame.meta).ok();
    case FrameType::ping:
    case FrameType::pong:
      return protocol::decode_opaque(frame.meta).ok();
    case FrameType::goaway:
      return protocol::decode_goaway(frame.meta).ok();
    case FrameType::unimplemented:
      return protocol::decode_frame_type(frame.meta).ok();
    default:
      return protocol::check_metadata(frame.header.type, frame.meta).ok();
  }
}

}  // namespace

void PeerAudit::peer_wrote(ByteView bytes) {
  const std::vector<std::byte> kept(bytes.begin(), bytes.end());
  from_peer_.feed(kept);
  while (const auto frame = from_peer_.next()) note(*frame);
}

/// What of the peer's frames changes what the broker may write. The most that they could mean is taken, so that a peer
/// that breaks the rules makes the audit milder, never wrong.
void PeerAudit::note(const protocol::Frame& frame) {
  const std::uint64_t id = frame.header.stream_id;
  switch (frame.header.type) {
    case FrameType::hello: {
      const auto hello = protocol::decode_hello(frame.meta);
      if (said_hello_ || !hello) return;
      said_hello_ = true;
      limits_ = hello->peer.limits;
      credit_ += limits_.connection_window;
      return;
    }
    case FrameType::ready: {
      const auto ready = protocol::decode_ready(frame.meta);
      said_ready_ = said_ready_ || ready.ok();
      if (ready) concurrency_ = std::max(concurrency_, ready->concurrency);
      return;
    }
    case FrameType::request:
      if (peer_ != Role::client || id <= last_stream_) return;
      last_stream_ = id;
      streams_[id].credit += limits_.stream_window;
      return;
    case FrameType::end:
      if (const auto at = streams_.find(id); peer_ == Role::worker && at != streams_.end()) at->second.ended = true;
      return;
    case FrameType::window: {
      const auto credit = protocol::decode_credit(frame.meta);
      if (!credit) return;
      if (id == 0) credit_ += *credit;
      if (const auto at = streams_.find(id); at != streams_.end()) at->second.credit += *credit;
      return;
    }
    default:
      return;
  }
}

std::vector<OwnedFrame> PeerAudit::broker_wrote(ByteView bytes) {
  std::vector<OwnedFrame> frames;
  from_broker_.feed(bytes);
  while (const auto frame = from_broker_.next()) {
    check(*frame);
    frames.push_back(
        {frame->header, {frame->meta.begin(), frame->meta.end()}, {frame->payload.begin(), frame->payload.end()}});
  }
  require(!from_broker_.error(), "the broker writes no broken frame");
  require(!from_broker_.in_frame(), "a write of the broker is whole frames");
  return frames;
}

void PeerAudit::check(const protocol::Frame& frame) {
  const protocol::FrameHeader& header = frame.header;
  const auto direction =
      peer_ == Role::client ? protocol::Direction::broker_to_client : protocol::Direction::broker_to_worker;
  require(protocol::is_known(header.type), "the broker writes no unknown frame");
  require(protocol::may_travel(header, direction), "the broker writes only what it may send");
  require(metadata_are_valid(frame), "the broker writes valid metadata");
  require(!was_refused_, "nothing follows a refusal");
  require(header.payload_len <= limits_.max_chunk, "no payload is larger than the peer's max_chunk");
  require((header.type == FrameType::hello_ack) == !was_answered_, "HELLO_ACK comes first, and once");
  switch (header.type) {
    case FrameType::hello_ack:
      was_answered_ = true;
      was_refused_ = !protocol::decode_hello_ack(frame.meta)->result.ok();
      return;
    case FrameType::goaway:
      told_to_go_ = true;
      return;
    case FrameType::request:
      check_request(header);
      charge(header);
      check_message(header);
      return;
    case FrameType::data:
      charge(header);
      check_message(header);
      return;
    case FrameType::end:
      check_end(frame);
      return;
    case FrameType::cancel:
      require(streams_.contains(header.stream_id), "CANCEL is for a stream that was opened");
      return;
    case FrameType::window:
      require(header.stream_id == 0 || streams_.contains(header.stream_id), "WINDOW is for a stream that was opened");
      return;
    default:
      return;
  }
}

void PeerAudit::check_request(const protocol::FrameHeader& header) {
  require(said_ready_, "no call comes before READY");
  require(!told_to_go_, "no call comes after GOAWAY");
  require(header.stream_id > last_stream_, "stream ids rise");
  last_stream_ = header.stream_id;
  streams_[header.stream_id].credit = limits_.stream_window;
  const auto open = std::ranges::count_if(streams_, [](const auto& entry) { return !entry.second.ended; });
  require(static_cast<std::uint64_t>(open) <= std::min(concurrency_, limits_.max_streams),
          "a worker has no more calls than it takes");
}

void PeerAudit::charge(const protocol::FrameHeader& header) {
  const auto at = streams_.find(header.stream_id);
  require(at != streams_.end(), "DATA is for a stream that was opened");
  require(peer_ == Role::worker || !at->second.ended, "no DATA comes after END");
  const std::uint32_t cost = protocol::frame_charge(header.payload_len);
  charged_ += cost;
  at->second.charged += cost;
  require(charged_ <= credit_, "the connection's credit is kept to");
  require(at->second.charged <= at->second.credit, "the stream's credit is kept to");
}

void PeerAudit::check_message(const protocol::FrameHeader& header) {
  Stream& stream = streams_.at(header.stream_id);
  const bool no_message = (header.flags & protocol::flag_no_message) != 0;
  require(!no_message || !stream.in_message, "NO_MESSAGE does not cut a message");
  require(!stream.half_closed, "nothing follows END_STREAM");
  stream.in_message = (header.flags & protocol::flag_more) != 0;
  stream.half_closed = (header.flags & protocol::flag_end_stream) != 0;
}

void PeerAudit::check_end(const protocol::Frame& frame) {
  const auto at = streams_.find(frame.header.stream_id);
  require(at != streams_.end(), "END is for a stream that was opened");
  require(!at->second.ended, "a call has one END");
  at->second.ended = true;
  const bool ok = protocol::decode_end(frame.meta)->status == StatusCode::ok;
  require(!ok || !at->second.in_message, "END(ok) does not cut a message");
}

std::vector<std::uint64_t> PeerAudit::unended() const {
  std::vector<std::uint64_t> ids;
  for (const auto& [id, stream] : streams_) {
    if (!stream.ended) ids.push_back(id);
  }
  return ids;
}

}  // namespace plugbroker::fuzz
