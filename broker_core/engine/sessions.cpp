// SPDX-License-Identifier: Apache-2.0
#include "broker_core/engine/sessions.h"

#include <algorithm>
#include <string>

#include "broker_core/engine/connection_control.h"
#include "broker_core/engine/control_sender.h"
#include "broker_core/engine/quota_checks.h"
#include "broker_core/protocol/frame_table.h"
#include "broker_core/protocol/negotiation.h"

namespace plugbroker::engine {

using protocol::Frame;
using protocol::FrameType;

void Sessions::connected(const ClientConnected& event) {
  if (state_.find_connection(event.connection) != nullptr) return;
  Session& session = state_.sessions.add(event.connection, event.process_id, event.image);
  state_.add_connection(session.connection);
  if (state_.phase == BrokerState::stopped) {
    close(session);
    return;
  }
  state_.timers.set(session.hello_timer, state_.now + state_.config.hello_timeout);
  if (Session* evicted = state_.sessions.excess_half_open()) {
    state_.log(LogLevel::warning, "half_open_evicted",
               "too many connections that have said nothing; process " + std::to_string(evicted->process_id) +
                   " has the most of them",
               subject_of(*evicted));
    close(*evicted);
  }
}

void Sessions::received(Session& session, ByteView bytes) {
  Connection& connection = session.connection;
  if (connection.closing) return;
  connection.reader.feed(bytes);
  while (const std::optional<Frame> frame = connection.reader.next()) {
    if (const Offence offence = handle(session, *frame)) protocol_error(session, offence.what());
    if (connection.closing) return;
  }
  if (const auto error = connection.reader.error()) protocol_error(session, protocol::to_string(*error));
}

void Sessions::identified(Session& session, const CallerIdentified& event) {
  if (session.state == SessionState::open) return identified_again(session, event);
  if (session.state != SessionState::identifying) return;
  if (!event.result.ok()) {
    refuse(session, protocol::refuse_hello(event.result, state_.description));
    return;
  }
  if (state_.stopping()) {
    refuse(session, protocol::refuse_hello({StatusCode::unavailable, "the broker is stopping"}, state_.description));
    return;
  }
  Caller& caller = state_.sessions.callers().meet(event.sid);
  if (!event.account.empty()) caller.account = event.account;
  if (Status refusal = admit_session(state_, caller); !refusal.ok()) {
    rooms_.audit.quota_exceeded(session, caller, refusal.message);
    send_refusal(session, protocol::refuse_hello(std::move(refusal), state_.description));
    return;
  }
  open(session, caller, event);
}

/// After the configuration was replaced. Who can't be told any more, or is somebody else now, may call nothing.
void Sessions::identified_again(Session& session, const CallerIdentified& event) {
  if (event.result.ok() && event.sid == session.caller->sid) {
    session.allowed_routes = event.allowed_routes;
  } else {
    session.allowed_routes.clear();
  }
  rooms_.audit.access_decided(session);
}

void Sessions::open(Session& session, Caller& caller, const CallerIdentified& event) {
  state_.sessions.name_caller(session, caller);
  session.integrity = event.integrity;
  session.windows_session = event.windows_session;
  session.allowed_routes = event.allowed_routes;
  state_.timers.cancel(session.hello_timer);
  session_machine.apply(session.state, SessionHappening::identified);
  state_.sessions.end_half_open(session);
  ++state_.sessions.open;
  session.connection.output.open(session.connection.peer);
  const protocol::HelloAck ack{.result = {},
                               .wire_version = session.wire_version,
                               .instance_id = state_.config.instance_id,
                               .peer = state_.description};
  send_hello_ack(state_, session.connection, ack);
  std::string text = "process " + std::to_string(session.process_id) + ", " + caller.sid;
  if (!caller.account.empty()) text += " (" + caller.account + ")";
  text += ", " + session.library;
  state_.log(LogLevel::debug, "session_opened", std::move(text), subject_of(session));
  rooms_.audit.access_decided(session);
}

void Sessions::closed(Session& session, std::string_view reason) {
  session.connection.closing = true;
  state_.timers.cancel(session.hello_timer);
  rooms_.outcomes.session_gone(session);
  const bool cut_off = session.state != SessionState::closing && session.connection.reader.in_frame();
  if (session.state != SessionState::closing) begin_closing(session);
  state_.log(cut_off ? LogLevel::information : LogLevel::debug, "session_closed",
             std::string{reason} + (cut_off ? ", in the middle of a frame" : ""), subject_of(session));
  std::erase(state_.drained_sessions, &session);
  state_.remove_connection(session.connection);
  state_.sessions.remove(session);
}

void Sessions::hello_timed_out(Session& session) {
  state_.log(LogLevel::information, "hello_timeout",
             "process " + std::to_string(session.process_id) + " did not finish its HELLO in time",
             subject_of(session));
  close(session);
}

void Sessions::end_overloaded(Session& session) {
  if (session.connection.closing) return;
  state_.log(LogLevel::warning, "session_overloaded", "the client does not read what it is answered",
             subject_of(session));
  session.connection.output.clear_control(state_.store);
  close(session);
  rooms_.outcomes.session_gone(session);
}

void Sessions::drain(Session& session) {
  if (session.state != SessionState::open) return;
  send_goaway(state_, session.connection, StatusCode::unavailable, "the broker is stopping");
  session_machine.apply(session.state, SessionHappening::goaway_sent);
  close_if_drained(session);
}

void Sessions::close_if_drained(Session& session) {
  if (session.state == SessionState::draining && session.calls.empty()) close(session);
}

void Sessions::close(Session& session) {
  if (session.state == SessionState::closing) return;
  begin_closing(session);
  state_.close(session.connection);
}

Offence Sessions::handle(Session& session, const Frame& frame) {
  const FrameType type = frame.header.type;
  if (!protocol::may_travel(frame.header, protocol::Direction::client_to_broker)) {
    return std::string{to_string(type)} + " may not be sent by a client";
  }
  if (session.state == SessionState::awaiting_hello) return handle_hello(session, frame);
  if (session.state == SessionState::identifying || type == FrameType::hello) {
    return std::string{to_string(type)} + " at the wrong time";
  }
  if (type == FrameType::request || type == FrameType::data) {
    if (Offence offence = rooms_.relay.take_connection_credit(session.connection, frame.header)) return offence;
  }
  if (type == FrameType::request) return rooms_.admission.open(session, frame);
  if (is_connection_control(type)) return handle_connection_control(state_, session.connection, frame);
  if (type == FrameType::goaway) return handle_goaway(session, frame);
  if (!frame.meta.empty()) {
    if (const Status status = protocol::check_metadata(type, frame.meta); !status.ok()) return status;
  }
  return type == FrameType::data ? rooms_.relay.request_data(session, frame) : rooms_.relay.cancel(session, frame);
}

Offence Sessions::handle_hello(Session& session, const Frame& frame) {
  if (frame.header.type != FrameType::hello) return "the first frame is not a HELLO";
  const Result<protocol::Hello> hello = protocol::decode_hello(frame.meta);
  if (!hello && hello.status().code != StatusCode::unimplemented) return hello.status();
  if (Status reason = reason_to_refuse(hello); !reason.ok()) {
    refuse(session, protocol::refuse_hello(std::move(reason), state_.description));
    return {};
  }
  const protocol::HelloAck answer = protocol::answer_hello(*hello, state_.description, state_.config.instance_id);
  if (!answer.result.ok()) {
    refuse(session, answer);
    return {};
  }
  session.connection.peer = hello->peer.limits;
  session.wire_version = answer.wire_version;
  session.max_streams = std::min(state_.config.max_streams_per_session, hello->peer.limits.max_streams);
  session.library = hello->peer.library_name + " " + hello->peer.library_version;
  session_machine.apply(session.state, SessionHappening::hello_read);
  ++state_.sessions.admitted;
  state_.commands.push(IdentifyCaller{session.connection.id});
  return {};
}

Offence Sessions::handle_goaway(Session& session, const Frame& frame) {
  const Result<protocol::GoAway> goaway = protocol::decode_goaway(frame.meta);
  if (!goaway) return goaway.status();
  if (!goaway->complains()) return {};  // It closes by itself when its calls have ended.
  std::string text = "client says that the broker broke the protocol: ";
  text.append(goaway->message).append("; process ").append(std::to_string(session.process_id));
  state_.log(LogLevel::warning, "client_complains", std::move(text), subject_of(session));
  close(session);
  rooms_.outcomes.session_gone(session);
  return {};
}

Status Sessions::reason_to_refuse(const Result<protocol::Hello>& hello) const {
  if (!hello) return hello.status();
  if (hello->role != protocol::Role::client) {
    return {StatusCode::permission_denied, "workers are started by the broker and do not connect here"};
  }
  if (state_.stopping()) return {StatusCode::unavailable, "the broker is stopping"};
  if (state_.sessions.admitted >= state_.config.max_sessions) {
    return {StatusCode::resource_exhausted, "too many sessions"};
  }
  return {};
}

void Sessions::refuse(Session& session, const protocol::HelloAck& refusal) {
  std::string text{to_string(refusal.result.code)};
  text.append(": ").append(refusal.result.message).append("; process ").append(std::to_string(session.process_id));
  state_.log(LogLevel::information, "session_refused", std::move(text), subject_of(session));
  send_refusal(session, refusal);
}

void Sessions::send_refusal(Session& session, const protocol::HelloAck& refusal) {
  send_hello_ack(state_, session.connection, refusal);
  close(session);
}

void Sessions::protocol_error(Session& session, std::string_view message) {
  ++state_.protocol_errors;
  state_.log(LogLevel::warning, "protocol_error",
             std::string{message} + "; process " + std::to_string(session.process_id), subject_of(session));
  const bool opened = session.state == SessionState::open || session.state == SessionState::draining;
  if (opened) send_goaway(state_, session.connection, StatusCode::invalid_argument, message);
  close(session);
  rooms_.outcomes.session_gone(session);
}

/// Moves to closing, whatever comes before it.
void Sessions::begin_closing(Session& session) {
  state_.sessions.end_half_open(session);
  state_.timers.cancel(session.hello_timer);
  if (session.state != SessionState::awaiting_hello) --state_.sessions.admitted;
  if (session.state == SessionState::open || session.state == SessionState::draining) --state_.sessions.open;
  session_machine.apply(session.state, SessionHappening::close_asked);
}

}  // namespace plugbroker::engine
