// SPDX-License-Identifier: Apache-2.0
#include "broker_core/runtime/served_session.h"

#include <algorithm>
#include <utility>

#include "broker_core/protocol/frame_writer.h"
#include "broker_core/protocol/negotiation.h"

namespace plugbroker::runtime {
namespace {

using protocol::Frame;
using protocol::FrameType;
using protocol::FrameWriter;

/// The most that an END takes: its header and metadata.
constexpr std::size_t largest_end_bytes = limits::frame_header_bytes + limits::max_meta_bytes;

protocol::PeerDescription with_bounds(protocol::PeerDescription server) {
  server.limits.max_streams = served::max_streams;
  server.limits.max_payload = served::max_request_bytes;
  return server;
}

}  // namespace

ServedSession::ServedSession(const protocol::PeerDescription& server, const protocol::InstanceId& instance,
                             RequestHandler& handler, Surroundings surroundings, TimePoint opened)
    : server_(with_bounds(server)),
      instance_(instance),
      handler_(handler),
      surroundings_(std::move(surroundings)),
      hello_by_(opened + limits::default_hello_timeout),
      receive_window_(server_.limits.connection_window) {}

void ServedSession::receive(ByteView bytes, TimePoint now) {
  if (closing_) return;
  reader_.feed(bytes);
  while (!closing_) {
    const auto frame = reader_.next();
    if (!frame) break;
    take_frame(*frame, now);
    if (control_.size() > limits::max_queued_control_bytes) {
      // A peer that asks for answers and doesn't read them.
      control_.clear();
      streams_.clear();
      closing_ = true;
    }
  }
  if (!closing_ && reader_.error()) protocol_error(to_string(*reader_.error()));
}

void ServedSession::take_frame(const Frame& frame, TimePoint now) {
  if (!open_) return take_first(frame);
  switch (frame.header.type) {
    case FrameType::request:
      return take_request(frame, now);
    case FrameType::data:
      return take_data(frame);
    case FrameType::window:
      return take_window(frame);
    case FrameType::cancel:
      return take_cancel(frame);
    case FrameType::ping:
      return take_ping(frame);
    case FrameType::pong:
    case FrameType::goaway:
    case FrameType::unimplemented:
      return check_remark(frame);
    case FrameType::hello:
    case FrameType::hello_ack:
    case FrameType::ready:
    case FrameType::end:
      return protocol_error("a client may not send this frame here");
    default:
      return take_unknown(frame);
  }
}

void ServedSession::take_first(const Frame& frame) {
  if (frame.header.type != FrameType::hello) return protocol_error("the first frame is not HELLO");
  auto hello = protocol::decode_hello(frame.meta);
  if (!hello.ok() && hello.status().code != StatusCode::unimplemented) return protocol_error(hello.status().message);
  const protocol::HelloAck ack =
      !hello.ok() ? protocol::refuse_hello(hello.status(), server_)
      : hello->role != protocol::Role::client
          ? protocol::refuse_hello({StatusCode::permission_denied, "this pipe is for clients only"}, server_)
          : protocol::answer_hello(*hello, server_, instance_);
  FrameWriter(control_).hello_ack(ack);
  if (!ack.result.ok()) {
    closing_ = true;
    return;
  }
  open_ = true;
  client_ = hello->peer.limits;
  send_window_ = protocol::SendWindow(client_.connection_window);
}

void ServedSession::take_request(const Frame& frame, TimePoint now) {
  if (!charge_connection(frame)) return;
  const std::uint64_t id = frame.header.stream_id;
  if (id <= last_stream_) return protocol_error("a stream id is not above the last one");
  last_stream_ = id;
  const auto meta = protocol::decode_request(frame.meta);
  if (!meta.ok() && meta.status().code != StatusCode::unimplemented) return protocol_error(meta.status().message);
  if (!meta.ok()) return refuse(id, meta.status(), RetryClass::never);
  if (const Status status = check_request(frame, *meta); !status.ok()) {
    const bool full = status.code == StatusCode::resource_exhausted;
    return refuse(id, status, full ? RetryClass::safe : RetryClass::never);
  }
  const auto place = streams_
                         .emplace(id, Stream{.route = std::string(meta->route),
                                             .request = {},
                                             .receive_window = protocol::ReceiveWindow(server_.limits.stream_window),
                                             .send_window = protocol::SendWindow(client_.stream_window),
                                             .deadline = now + Duration{frame.header.deadline_us},
                                             .reply = {}})
                         .first;
  take_part(place, frame);
}

Status ServedSession::check_request(const Frame& frame, const protocol::RequestMeta& meta) const {
  const std::uint64_t deadline = frame.header.deadline_us;
  if (deadline == 0 || deadline > static_cast<std::uint64_t>(limits::max_deadline.count())) {
    return {StatusCode::invalid_argument, "the deadline is not between 1 microsecond and 24 hours"};
  }
  if (!protocol::is_valid_route(meta.route)) return {StatusCode::invalid_argument, "this can't be the name of a route"};
  const std::size_t most = std::min<std::size_t>(served::max_streams, client_.max_streams);
  if (streams_.size() >= most) {
    return {StatusCode::resource_exhausted, "more than " + std::to_string(most) + " open streams"};
  }
  return {};
}

ServedSession::Streams::iterator ServedSession::find_open(const Frame& frame) {
  const auto place = streams_.find(frame.header.stream_id);
  if (place == streams_.end() && frame.header.stream_id > last_stream_) protocol_error("a stream was never opened");
  return place;
}

void ServedSession::take_data(const Frame& frame) {
  if (!charge_connection(frame) || !check_no_metadata(frame)) return;
  const auto place = find_open(frame);
  if (place == streams_.end()) return;
  if (place->second.complete) return protocol_error("DATA after END_STREAM");
  take_part(place, frame);
}

void ServedSession::take_part(Streams::iterator place, const Frame& frame) {
  Stream& stream = place->second;
  const std::uint32_t charge = protocol::frame_charge(frame.payload.size());
  if (!stream.receive_window.receive(charge)) return protocol_error("more was sent than a stream's credit allows");
  const bool is_message = (frame.header.flags & protocol::flag_no_message) == 0;
  if (!is_message && stream.in_message) return protocol_error("NO_MESSAGE inside a message");
  if (is_message && stream.has_message) {
    return end_early(place, {StatusCode::invalid_argument, "a request here is one message"}, RetryClass::never);
  }
  if (stream.request.size() + frame.payload.size() > served::max_request_bytes) {
    return end_early(place, {StatusCode::resource_exhausted, "a request here is at most 64 KiB long"},
                     RetryClass::never);
  }
  stream.request.insert(stream.request.end(), frame.payload.begin(), frame.payload.end());
  if ((frame.header.flags & protocol::flag_end_stream) != 0) return serve(place);
  stream.in_message = (frame.header.flags & protocol::flag_more) != 0;
  stream.has_message = is_message && !stream.in_message;
  if (const std::uint32_t credit = stream.receive_window.release(charge); credit != 0) {
    FrameWriter(control_).window(place->first, credit);
  }
}

bool ServedSession::charge_connection(const Frame& frame) {
  const std::uint32_t charge = protocol::frame_charge(frame.payload.size());
  if (!receive_window_.receive(charge)) {
    protocol_error("more was sent than the connection's credit allows");
    return false;
  }
  if (const std::uint32_t credit = receive_window_.release(charge); credit != 0) {
    FrameWriter(control_).window(0, credit);
  }
  return true;
}

void ServedSession::serve(Streams::iterator place) {
  Stream& stream = place->second;
  stream.complete = true;
  std::variant<ServedReply, SlowReply> served =
      handler_.serve({stream.route, ByteView{stream.request}, surroundings_.caller});
  stream.request = {};
  if (ServedReply* reply = std::get_if<ServedReply>(&served)) return take_reply(place, std::move(*reply));
  if (surroundings_.run_slow(place->first, std::move(std::get<SlowReply>(served)))) return;
  end_early(place, {StatusCode::resource_exhausted, "too many requests are under way; nothing was changed"},
            RetryClass::after_backoff);
}

void ServedSession::answer(std::uint64_t stream, ServedReply reply) {
  if (const auto place = streams_.find(stream); place != streams_.end()) take_reply(place, std::move(reply));
}

void ServedSession::take_reply(Streams::iterator place, ServedReply reply) {
  if (!reply.status.ok()) return end_early(place, reply.status, RetryClass::never);
  if (reply.payload.size() > client_.max_payload) {
    return end_early(place, {StatusCode::resource_exhausted, "the reply is longer than the client takes"},
                     RetryClass::never);
  }
  if (reply.payload.size() > served::max_reply_bytes - reply_bytes_) {
    return end_early(place, {StatusCode::resource_exhausted, "the replies of this session take too much memory"},
                     RetryClass::after_backoff);
  }
  place->second.answered = true;
  reply_bytes_ += reply.payload.size();
  place->second.reply = std::move(reply);
}

void ServedSession::take_window(const Frame& frame) {
  const auto credit = protocol::decode_credit(frame.meta);
  if (!credit.ok()) return protocol_error(credit.status().message);
  bool accepted = true;
  if (frame.header.stream_id == 0) {
    accepted = send_window_.add(*credit);
  } else if (const auto place = find_open(frame); place != streams_.end()) {
    accepted = place->second.send_window.add(*credit);
  }
  if (!accepted) protocol_error("more credit than can be counted");
}

bool ServedSession::check_no_metadata(const Frame& frame) {
  const Status status = protocol::check_metadata(frame.header.type, frame.meta);
  if (!status.ok()) protocol_error(status.message);
  return status.ok();
}

void ServedSession::take_cancel(const Frame& frame) {
  if (!check_no_metadata(frame)) return;
  const auto place = find_open(frame);
  if (place != streams_.end()) end_early(place, {StatusCode::cancelled, "cancelled by the caller"}, RetryClass::never);
}

void ServedSession::take_ping(const Frame& frame) {
  const auto opaque = protocol::decode_opaque(frame.meta);
  if (!opaque.ok()) return protocol_error(opaque.status().message);
  FrameWriter(control_).pong(*opaque);
}

void ServedSession::check_remark(const Frame& frame) {
  Status status;
  if (frame.header.type == FrameType::pong) {
    if (const auto opaque = protocol::decode_opaque(frame.meta); !opaque.ok()) status = opaque.status();
  } else if (frame.header.type == FrameType::goaway) {
    const auto goaway = protocol::decode_goaway(frame.meta);
    if (!goaway.ok()) {
      status = goaway.status();
    } else if (goaway->complains()) {
      closing_ = true;  // No END follows.
      streams_.clear();
    }
  } else if (const auto type = protocol::decode_frame_type(frame.meta); !type.ok()) {
    status = type.status();
  }
  if (!status.ok()) protocol_error(status.message);
}

void ServedSession::take_unknown(const Frame& frame) {
  if (frame.header.stream_id > last_stream_) return protocol_error("a stream was never opened");
  FrameWriter(control_).unimplemented(frame.header.stream_id, frame.header.type);
}

std::size_t ServedSession::take_output(std::vector<std::byte>& buffer, std::size_t max_bytes) {
  const std::size_t before = buffer.size();
  // At most max_queued_control_bytes and the answer to one more frame, which is less than any write.
  buffer.insert(buffer.end(), control_.begin(), control_.end());
  control_.clear();
  for (bool sent = true; sent;) {
    sent = false;
    // One frame of each stream in turn, from the one after the last.
    auto place = streams_.upper_bound(last_served_);
    for (std::size_t left = streams_.size(); left != 0; --left) {
      if (place == streams_.end()) place = streams_.begin();
      const auto next = std::next(place);
      const std::size_t used = buffer.size() - before;
      const std::uint64_t id = place->first;
      if (send_part(place, buffer, used < max_bytes ? max_bytes - used : 0)) {
        sent = true;
        last_served_ = id;
      }
      place = next;
    }
  }
  return buffer.size() - before;
}

bool ServedSession::send_part(Streams::iterator place, std::vector<std::byte>& buffer, std::size_t room) {
  Stream& stream = place->second;
  if (!stream.answered || room < largest_end_bytes) return false;
  const std::size_t left = stream.reply.payload.size() - stream.sent;
  if (left == 0) {
    FrameWriter(buffer).end(place->first, {.content_type = stream.reply.content_type});
    erase(place);
    return true;
  }
  const std::size_t length =
      std::min({left, std::size_t{client_.max_chunk}, limits::max_chunk_bytes, room - limits::frame_header_bytes,
                std::size_t{stream.send_window.payload_room()}, std::size_t{send_window_.payload_room()}});
  if (length == 0) return false;
  const std::uint32_t charge = protocol::frame_charge(length);
  stream.send_window.spend(charge);
  send_window_.spend(charge);
  FrameWriter(buffer).data(place->first, length < left ? protocol::flag_more : std::uint16_t{0},
                           as_byte_view(stream.reply.payload).subspan(stream.sent, length));
  stream.sent += length;
  return true;
}

void ServedSession::refuse(std::uint64_t stream, const Status& status, RetryClass retry) {
  FrameWriter(control_).end(stream, {.status = status.code, .retry = retry, .message = status.message});
}

void ServedSession::end_early(Streams::iterator place, const Status& status, RetryClass retry) {
  refuse(place->first, status, retry);
  erase(place);
}

ServedSession::Streams::iterator ServedSession::erase(Streams::iterator place) {
  reply_bytes_ -= place->second.reply.payload.size();
  return streams_.erase(place);
}

void ServedSession::protocol_error(std::string_view reason) {
  closing_ = true;
  streams_.clear();
  if (!open_) return;
  FrameWriter(control_).goaway(
      {.last_stream = last_stream_, .status = StatusCode::invalid_argument, .message = reason});
}

void ServedSession::expire(TimePoint now) {
  if (closing_) return;
  if (!open_ && hello_by_ <= now) closing_ = true;
  for (auto place = streams_.begin(); place != streams_.end();) {
    if (place->second.deadline > now) {
      ++place;
      continue;
    }
    refuse(place->first, {StatusCode::deadline_exceeded, "the deadline passed before the reply was taken"},
           RetryClass::never);
    place = erase(place);
  }
}

TimePoint ServedSession::next_timer() const {
  if (closing_) return far_future;
  TimePoint next = open_ ? far_future : hello_by_;
  for (const auto& [id, stream] : streams_) next = std::min(next, stream.deadline);
  return next;
}

void ServedSession::stop() {
  if (closing_) return;
  closing_ = true;
  if (!open_) return;
  FrameWriter(control_).goaway(
      {.last_stream = last_stream_, .status = StatusCode::unavailable, .message = "the service is stopping"});
}

}  // namespace plugbroker::runtime
