// SPDX-License-Identifier: Apache-2.0
// The receiving half of ClientConnection: one function for each frame a server may send.
#include <algorithm>
#include <new>
#include <string>

#include "broker_core/protocol/frame_writer.h"
#include "client_lib/core/client_connection.h"
#include "client_lib/core/size_limit_text.h"

namespace plugbroker::client {

using protocol::FrameType;
using Kind = ConnectionEvent::Kind;
using Stage = Call::Stage;
using Writer = protocol::FrameWriter<std::vector<std::byte>>;

void ClientConnection::receive(ByteView bytes) {
  if (state_ == State::broken || state_ == State::closed) return;
  reader_.feed(bytes);
  while (auto frame = reader_.next()) {
    if (state_ == State::opening) {
      handle_opening(*frame);
    } else {
      handle(*frame);
    }
    if (state_ == State::broken || state_ == State::closed) return;
    check_control_bound();
    if (state_ == State::broken) return;
  }
  if (const auto error = reader_.error()) protocol_error(std::string{to_string(*error)});
}

void ClientConnection::handle_opening(const protocol::Frame& frame) {
  if (frame.header.type != FrameType::hello_ack) {
    protocol_error("a frame other than HELLO_ACK came first");
    return;
  }
  const auto ack = protocol::decode_hello_ack(frame.meta);
  if (!ack.ok()) {
    protocol_error("HELLO_ACK: " + ack.status().message);
    return;
  }
  if (!ack->result.ok()) {
    state_ = State::closed;
    raise(Kind::refused, ack->result);
    return;
  }
  if (ack->wire_version < self_.wire_version_min || ack->wire_version > self_.wire_version_max) {
    protocol_error("the service chose a wire version that was not offered");
    return;
  }
  if ((ack->peer.features_required & ~self_.features_supported) != 0) {
    protocol_error("the service requires a feature that this library lacks");
    return;
  }
  peer_ = ack->peer;
  agree_on_limits();
  state_ = State::open;
  raise(Kind::opened);
}

/// Windows and the largest chunk are what each side takes, and hold as each gave them; of what a whole call may need
/// the smaller of both sides' holds.
void ClientConnection::agree_on_limits() {
  protocol::PeerLimits& ours = self_.limits;
  protocol::PeerLimits& theirs = peer_.limits;
  theirs.max_streams = std::min(ours.max_streams, theirs.max_streams);
  ours.max_payload = theirs.max_payload = std::min(ours.max_payload, theirs.max_payload);
  reader_.set_max_chunk(ours.max_chunk);
  connection_send_ = protocol::SendWindow{theirs.connection_window};
}

void ClientConnection::handle(const protocol::Frame& frame) {
  switch (frame.header.type) {
    case FrameType::data:
      handle_data(frame);
      return;
    case FrameType::end:
      handle_end(frame);
      return;
    case FrameType::window:
      handle_window(frame);
      return;
    case FrameType::ping:
      handle_ping(frame);
      return;
    case FrameType::goaway:
      handle_goaway(frame);
      return;
    case FrameType::pong:
      if (const auto opaque = protocol::decode_opaque(frame.meta); !opaque.ok()) {
        protocol_error("PONG: " + opaque.status().message);
      }
      return;
    case FrameType::unimplemented:
      if (const auto type = protocol::decode_frame_type(frame.meta); !type.ok()) {
        protocol_error("UNIMPLEMENTED: " + type.status().message);
      }
      return;
    case FrameType::hello:
    case FrameType::hello_ack:
    case FrameType::ready:
    case FrameType::request:
    case FrameType::cancel:
      protocol_error(std::string{to_string(frame.header.type)} + " is not the service's to send");
      return;
    case FrameType::lane:
      break;
  }
  handle_unknown(frame);
}

ClientConnection::Stream* ClientConnection::find_stream(std::uint64_t id, std::string_view frame_name) {
  Stream* stream = open_stream(id);
  if (stream == nullptr && id > last_stream_) {
    protocol_error(std::string{frame_name} + " for a stream that was never opened");
  }
  return stream;
}

void ClientConnection::handle_data(const protocol::Frame& frame) {
  const std::uint32_t charge = protocol::frame_charge(frame.payload.size());
  if (!connection_receive_.receive(charge)) {
    protocol_error("more DATA than the connection's credit");
    return;
  }
  Stream* stream = find_stream(frame.header.stream_id, "DATA");
  if (state_ == State::broken) return;
  if (stream != nullptr && !stream->receive.receive(charge)) {
    protocol_error("more DATA than the stream's credit");
    return;
  }
  if ((frame.header.flags & (protocol::flag_end_stream | protocol::flag_no_message)) != 0) {
    protocol_error("DATA of a reply with END_STREAM");
    return;
  }
  if (const Status meta = protocol::check_metadata(frame.header.type, frame.meta); !meta.ok()) {
    protocol_error("DATA: " + meta.message);
    return;
  }
  if (const std::uint32_t credit = connection_receive_.release(charge); credit != 0) Writer(control_).window(0, credit);
  if (stream == nullptr || stream->call == nullptr) return;
  Call& call = *stream->call;
  try {
    if (call.kind == CallKind::stream) {
      take_stream_bytes(*stream, frame);
    } else {
      take_unary_bytes(*stream, frame);
    }
  } catch (const std::bad_alloc&) {
    give_up(call, StatusCode::resource_exhausted, "no memory for the reply");
  }
}

void ClientConnection::give_up(Call& call, StatusCode code, std::string_view why) {
  abandon(call);
  call.outcome.fail(code, why, RetryClass::never, true);
  call.reply.drop_begun();
  end_call(call);
}

void ClientConnection::take_unary_bytes(Stream& stream, const protocol::Frame& frame) {
  Call& call = *stream.call;
  if (call.reply_complete_) {
    give_up(call, StatusCode::unimplemented, "the route answers with a stream");
    return;
  }
  std::vector<std::byte>& reply = call.outcome.data;
  if (frame.payload.size() > self_.limits.max_payload - reply.size()) {
    give_up(call, StatusCode::resource_exhausted, SizeLimitText("the reply", self_.limits.max_payload).view());
    return;
  }
  reply.insert(reply.end(), frame.payload.begin(), frame.payload.end());
  call.reply_started_ = true;
  call.reply_complete_ = (frame.header.flags & protocol::flag_more) == 0;
  if (!call.reply_complete_) release(stream, protocol::frame_charge(frame.payload.size()));
}

void ClientConnection::take_stream_bytes(Stream& stream, const protocol::Frame& frame) {
  Call& call = *stream.call;
  if (frame.payload.size() > self_.limits.max_payload - call.reply.begun_size()) {
    give_up(call, StatusCode::resource_exhausted,
            SizeLimitText("a message of the reply", self_.limits.max_payload).view());
    return;
  }
  const bool more = (frame.header.flags & protocol::flag_more) != 0;
  const std::uint32_t credit = call.reply.append(frame.payload, more, protocol::frame_charge(frame.payload.size()));
  call.reply_started_ = true;
  if (credit != 0) release(stream, credit);
  if (!more) tell(call);
}

void ClientConnection::release(Stream& stream, std::uint32_t charge) {
  const std::uint32_t credit = stream.receive.release(charge, growth_);
  if (credit != 0) Writer(control_).window(stream.id, credit);
}

void ClientConnection::handle_end(const protocol::Frame& frame) {
  Stream* stream = find_stream(frame.header.stream_id, "END");
  if (state_ == State::broken) return;
  const auto end = protocol::decode_end(frame.meta);
  if (!end.ok()) {
    protocol_error("END: " + end.status().message);
    return;
  }
  if (stream == nullptr) return;
  Call* call = stream->call;
  if (call != nullptr && end->status == StatusCode::ok) {
    const bool cut_off =
        call->kind == CallKind::stream ? call->reply.in_message() : call->reply_started_ && !call->reply_complete_;
    if (cut_off) {
      protocol_error("END(ok) in the middle of a reply");
      return;
    }
  }
  close_stream(*stream);
  if (call == nullptr) return;
  CallOutcome& outcome = call->outcome;
  try {
    outcome.status = end->status;
    outcome.retry = end->retry;
    outcome.origin = end->origin;
    outcome.worker_received = end->worker_received;
    outcome.message = end->message;
    outcome.content_type = end->content_type;
    outcome.retry_after = Duration{static_cast<Duration::rep>(end->retry_after_us)};
    outcome.detail.assign(end->detail.begin(), end->detail.end());
    for (const protocol::MetadataPair& pair : end->app_metadata) outcome.metadata.emplace_back(pair.key, pair.value);
  } catch (const std::bad_alloc&) {
    outcome.fail(StatusCode::resource_exhausted, "no memory for the reply", RetryClass::never, end->worker_received);
  }
  if (outcome.status != StatusCode::ok) outcome.data.clear();
  call->reply.drop_begun();
  end_call(*call);
}

void ClientConnection::handle_window(const protocol::Frame& frame) {
  const auto credit = protocol::decode_credit(frame.meta);
  if (!credit.ok()) {
    protocol_error("WINDOW: " + credit.status().message);
    return;
  }
  if (frame.header.stream_id == 0) {
    if (!connection_send_.add(*credit)) protocol_error("the connection's credit passes its limit");
    return;
  }
  Stream* stream = find_stream(frame.header.stream_id, "WINDOW");
  if (stream == nullptr) return;
  if (!stream->send.add(*credit)) {
    protocol_error("a stream's credit passes its limit");
    return;
  }
  if (stream->call != nullptr && !stream->call->request.finished()) request_grew(*stream->call);
}

void ClientConnection::handle_ping(const protocol::Frame& frame) {
  const auto opaque = protocol::decode_opaque(frame.meta);
  if (!opaque.ok()) {
    protocol_error("PING: " + opaque.status().message);
    return;
  }
  Writer(control_).pong(*opaque);
}

void ClientConnection::handle_goaway(const protocol::Frame& frame) {
  const auto goaway = protocol::decode_goaway(frame.meta);
  if (!goaway.ok()) {
    protocol_error("GOAWAY: " + goaway.status().message);
    return;
  }
  goaway_message_ = std::string{goaway->message};
  if (state_ == State::going_away) return;
  state_ = State::going_away;
  return_unsent();
  // Of those above the last accepted one no worker has seen a byte.
  while (!streams_.empty() && streams_.back().id > goaway->last_stream) {
    Call* call = streams_.back().call;
    close_stream(streams_.back());
    if (call == nullptr) continue;
    if (call->request.can_rewind() && !call->reply_started_) {
      go_back(*call);
    } else {
      call->outcome.fail(StatusCode::unavailable, goaway_message_, RetryClass::safe);
      end_call(*call);
    }
  }
  raise(Kind::going_away, {goaway->status, goaway_message_});
}

void ClientConnection::handle_unknown(const protocol::Frame& frame) {
  const std::uint64_t id = frame.header.stream_id;
  if (id > last_stream_) {
    protocol_error("a frame of unknown type for a stream that was never opened");
    return;
  }
  Writer(control_).unimplemented(id, frame.header.type);
}

}  // namespace plugbroker::client
