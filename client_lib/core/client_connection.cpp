// SPDX-License-Identifier: Apache-2.0
// What an owner asks of a ClientConnection, and how calls and the connection end.
#include "client_lib/core/client_connection.h"

#include <algorithm>
#include <utility>

#include "broker_core/protocol/frame_writer.h"
#include "broker_core/protocol/negotiation.h"
#include "client_lib/core/size_limit_text.h"

namespace plugbroker::client {

using Kind = ConnectionEvent::Kind;
using Stage = Call::Stage;
using Writer = protocol::FrameWriter<std::vector<std::byte>>;

ClientConnection::ClientConnection(const protocol::PeerDescription& self)
    : self_(self), connection_receive_(self.limits.connection_window) {
  Writer(control_).hello({.role = protocol::Role::client, .peer = self_});
}

bool ClientConnection::can_start() const noexcept {
  return state_ == State::open && streams_.size() + unsent_count_ < peer_.limits.max_streams;
}

void ClientConnection::start(Call& call) {
  call.stage_ = Stage::unsent;
  unsent_.push_back(call);
  ++unsent_count_;
  if (call.request.borrowed_size() > peer_.limits.max_payload) {
    call.outcome.fail(StatusCode::resource_exhausted, SizeLimitText("the request", peer_.limits.max_payload).view());
    end_call(call);
  }
}

bool ClientConnection::abandon(Call& call) {
  const bool was_sent = call.stage_ == Stage::sent;
  drop(call);
  if (!was_sent || (state_ != State::open && state_ != State::going_away)) return was_sent;
  Writer(control_).cancel(call.stream_);
  check_control_bound();
  return true;
}

void ClientConnection::drop(Call& call) noexcept {
  Stream* stream = call.stage_ == Stage::sent ? open_stream(call.stream_) : nullptr;
  if (stream != nullptr) stream->call = nullptr;
  detach(call);
  changed_.remove(call);
  call.stage_ = Stage::idle;
}

void ClientConnection::request_grew(Call& call) noexcept {
  if (call.stage_ == Stage::sent && call.place.list == nullptr) sending_.push_back(call);
}

void ClientConnection::reply_taken(Call& call, std::uint32_t credit) {
  if (Stream* stream = call.stage_ == Stage::sent ? open_stream(call.stream_) : nullptr) release(*stream, credit);
  check_control_bound();
}

void ClientConnection::lose(std::string_view reason) {
  if (state_ == State::closed) return;
  state_ = State::closed;
  control_.clear();
  return_unsent();
  if (goaway_message_.empty()) {
    end_streams(StatusCode::unavailable, reason);
  } else {
    end_streams(StatusCode::unavailable, std::string{reason} + " (the service said: " + goaway_message_ + ")");
  }
}

std::optional<ConnectionEvent> ClientConnection::next_event() {
  if (events_told_ == events_raised_) return std::nullopt;
  return std::move(events_[events_told_++]);
}

void ClientConnection::raise(Kind kind, Status status) {
  if (events_raised_ < events_.size()) events_[events_raised_++] = {kind, std::move(status)};
}

bool ClientConnection::finished() const noexcept {
  switch (state_) {
    case State::closed:
      return true;
    case State::broken:
      return control_.empty();
    case State::going_away:
      return streams_.empty();
    case State::opening:
    case State::open:
      break;
  }
  return false;
}

// The end of calls.

ClientConnection::Stream* ClientConnection::open_stream(std::uint64_t id) noexcept {
  const auto at = std::lower_bound(streams_.begin(), streams_.end(), id,
                                   [](const Stream& stream, std::uint64_t wanted) { return stream.id < wanted; });
  return at != streams_.end() && at->id == id ? &*at : nullptr;
}

void ClientConnection::close_stream(Stream& stream) noexcept {
  growth_.give_back(stream.receive.grown());
  streams_.erase(streams_.begin() + (&stream - streams_.data()));
}

/// Takes the call out of the lists that decide what is sent.
void ClientConnection::detach(Call& call) noexcept {
  if (unsent_.contains(call)) --unsent_count_;
  unsent_.remove(call);
  sending_.remove(call);
}

void ClientConnection::tell(Call& call) noexcept {
  if (call.changed.list == nullptr) changed_.push_back(call);
}

/// Its outcome is in place.
void ClientConnection::end_call(Call& call) noexcept {
  detach(call);
  call.stage_ = Stage::ended;
  tell(call);
}

void ClientConnection::go_back(Call& call) noexcept {
  detach(call);
  call.request.rewind();
  call.stage_ = Stage::waiting;
  tell(call);
}

void ClientConnection::end_streams(StatusCode code, std::string_view why) noexcept {
  for (Stream& stream : streams_) {
    if (stream.call == nullptr) continue;
    stream.call->outcome.fail(code, why, RetryClass::never, true);
    stream.call->reply.drop_begun();
    end_call(*stream.call);
  }
  streams_.clear();
}

void ClientConnection::return_unsent() noexcept {
  while (Call* call = unsent_.front()) go_back(*call);
}

void ClientConnection::protocol_error(const std::string& reason) {
  if (state_ == State::opening) {
    state_ = State::closed;
    raise(Kind::not_our_peer, {StatusCode::failed_precondition, reason});
    return;
  }
  state_ = State::broken;
  Writer(control_).goaway({.last_stream = 0, .status = StatusCode::invalid_argument, .message = reason});
  const Status why{StatusCode::unavailable, "the service broke the protocol: " + reason};
  return_unsent();
  end_streams(why.code, why.message);
  raise(Kind::broken, why);
}

void ClientConnection::check_control_bound() {
  if (control_.size() <= limits::max_queued_control_bytes || state_ == State::broken) return;
  state_ = State::broken;
  control_.clear();
  const Status why{StatusCode::unavailable, "the service has stopped reading"};
  return_unsent();
  end_streams(why.code, why.message);
  raise(Kind::broken, why);
}

}  // namespace plugbroker::client
