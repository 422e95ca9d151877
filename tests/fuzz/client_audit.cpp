// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/client_audit.h"

#include "broker_core/protocol/credit.h"
#include "broker_core/protocol/frame_table.h"

namespace plugbroker::fuzz {

using protocol::FrameType;

void ClientAudit::server_wrote(ByteView bytes) {
  const std::vector<std::byte> kept(bytes.begin(), bytes.end());
  from_server_.feed(kept);
  while (const auto frame = from_server_.next()) note(*frame);
}

/// The most that the server's frames could mean is taken: one that breaks the rules makes the audit milder, never
/// wrong.
void ClientAudit::note(const protocol::Frame& frame) {
  if (frame.header.type == FrameType::hello_ack) {
    const auto ack = protocol::decode_hello_ack(frame.meta);
    if (was_accepted_ || !ack || !ack->result.ok()) return;
    was_accepted_ = true;
    limits_ = ack->peer.limits;
    credit_ += limits_.connection_window;
  } else if (frame.header.type == FrameType::window) {
    const auto credit = protocol::decode_credit(frame.meta);
    if (!credit) return;
    if (frame.header.stream_id == 0) credit_ += *credit;
    const auto at = streams_.find(frame.header.stream_id);
    if (at != streams_.end()) at->second.credit += *credit;
  }
}

std::size_t ClientAudit::client_wrote(ByteView bytes) {
  std::size_t frames = 0;
  from_client_.feed(bytes);
  for (; const auto frame = from_client_.next(); ++frames) check(*frame);
  require(!from_client_.error(), "the client writes no broken frame");
  require(!from_client_.in_frame(), "a write of the client is whole frames");
  return frames;
}

void ClientAudit::check(const protocol::Frame& frame) {
  const protocol::FrameHeader& header = frame.header;
  require(protocol::is_known(header.type), "the client writes no unknown frame");
  require(protocol::may_travel(header, protocol::Direction::client_to_broker), "the client writes what it may send");
  require((header.type == FrameType::hello) == !said_hello_, "HELLO comes first, and once");
  said_hello_ = true;
  require(header.type == FrameType::hello || was_accepted_, "nothing follows HELLO before the answer");
  require(header.payload_len <= limits_.max_chunk, "no payload is larger than the server's max_chunk");
  switch (header.type) {
    case FrameType::request:
      check_request(frame);
      return;
    case FrameType::data: {
      const auto at = streams_.find(header.stream_id);
      require(at != streams_.end(), "DATA is for a stream that was opened");
      check_message(at->second, header);
      return;
    }
    case FrameType::cancel: {
      const auto at = streams_.find(header.stream_id);
      require(at != streams_.end(), "CANCEL is for a stream that was opened");
      require(!std::exchange(at->second.cancelled, true), "a call is cancelled once");
      return;
    }
    case FrameType::window:
      require(protocol::decode_credit(frame.meta).ok(), "the client gives credit that may be given");
      require(header.stream_id == 0 || streams_.contains(header.stream_id), "WINDOW is for a stream that was opened");
      return;
    case FrameType::goaway:
      require(protocol::decode_goaway(frame.meta).ok(), "the client writes valid metadata");
      return;
    default:
      return;
  }
}

void ClientAudit::check_request(const protocol::Frame& frame) {
  const protocol::FrameHeader& header = frame.header;
  require(protocol::decode_request(frame.meta).ok(), "the client writes valid metadata");
  require(header.deadline_us > 0, "a request has a deadline");
  require(header.stream_id > last_stream_, "stream ids rise");
  last_stream_ = header.stream_id;
  Stream& stream = streams_[header.stream_id];
  stream.credit = limits_.stream_window;
  check_message(stream, header);
}

void ClientAudit::check_message(Stream& stream, const protocol::FrameHeader& header) {
  require(!stream.half_closed && !stream.cancelled, "nothing follows the end of a request");
  const bool no_message = (header.flags & protocol::flag_no_message) != 0;
  require(!no_message || !stream.in_message, "a message is not cut");
  stream.in_message = (header.flags & protocol::flag_more) != 0;
  stream.half_closed = (header.flags & protocol::flag_end_stream) != 0;
  const std::uint32_t cost = protocol::frame_charge(header.payload_len);
  charged_ += cost;
  stream.charged += cost;
  require(charged_ <= credit_, "the connection's credit is kept to");
  require(stream.charged <= stream.credit, "the stream's credit is kept to");
}

}  // namespace plugbroker::fuzz
