// SPDX-License-Identifier: Apache-2.0
#include "client_lib/win/stream.h"

#include <new>
#include <utility>

#include "client_lib/core/size_limit_text.h"

namespace plugbroker::client {

Stream::Stream(Client& client, const CallHead& head) : client_(client), head_(head), call_(outcome_) {
  client_.retain();
  call_.kind = CallKind::stream;
  call_.owner = static_cast<CallWatcher*>(this);
  call_.head = head_.head();
}

Stream::~Stream() {
  client_.release();
}

Result<Stream*> Stream::open(Client& client, const CallHead& head, const CallLimits& limits,
                             Cancellation* cancellation) {
  auto* stream = new Stream(client, head);
  limits.apply(stream->call_);
  StatusCode refused = StatusCode::ok;
  {
    Client::Access access(client);
    refused = access.refusal();
    try {
      const TimePoint now = awake_now();
      stream->call_.deadline = now + limits.timeout;
      if (refused == StatusCode::ok) access.session().submit(stream->call_, now);
    } catch (...) {
      refused = StatusCode::resource_exhausted;
    }
  }
  if (refused != StatusCode::ok) {
    delete stream;
    return {refused, "the stream could not be opened"};
  }
  stream->attachment_.attach(cancellation, client, stream->call_);
  return stream;
}

void Stream::destroy() noexcept {
  attachment_.detach();
  {
    Client::Access access(client_);
    try {
      access.session().cancel(call_);
      access.session().forget(call_);
    } catch (...) {
      access.out_of_memory();
      access.deliver();
    }
  }
  delete this;
}

Status Stream::ended_status() const {
  const CallOutcome& outcome = call_.outcome;
  if (outcome.status != StatusCode::ok) return {outcome.status, outcome.message};
  return {StatusCode::failed_precondition, "the reply has ended: nothing more can be written"};
}

Status Stream::add(Client::Access& access, ByteView message) {
  if (call_.ended()) return ended_status();
  if (call_.request.closed()) return {StatusCode::failed_precondition, "the request was half-closed"};
  if (message.size() > access.session().max_payload()) {
    return {StatusCode::resource_exhausted,
            std::string{SizeLimitText("the message", access.session().max_payload()).view()}};
  }
  call_.request.add(message);
  access.session().request_grew(call_);
  return {};
}

Result<Stream::Progress> Stream::write(ByteView message, bool waits) {
  Client::Access access(client_);
  access.begin_wait();
  while (waits && !call_.ended() && !call_.request.closed() && !has_room()) {
    access.wait(changed_, call_);
  }
  access.end_wait();
  wants_to_write_ = !call_.ended() && !call_.request.closed() && !has_room();
  update_event();
  if (wants_to_write_) return Progress::would_block;
  if (Status status = add(access, message); !status.ok()) return status;
  return Progress::done;
}

Status Stream::close_write() {
  Client::Access access(client_);
  if (call_.ended()) return ended_status();
  call_.request.close();
  access.session().request_grew(call_);
  return {};
}

Result<Stream::Read> Stream::read(bool waits) {
  Client::Access access(client_);
  access.leave_asleep();
  access.begin_wait();
  while (waits && !call_.ended() && !call_.reply.has_message()) access.wait(changed_, call_);
  access.end_wait();
  Read read;
  if (call_.reply.has_message()) {
    read.message = access.session().take_message(call_);
    if (access.session().has_control_output()) access.wake();
  } else if (!call_.ended()) {
    read.progress = Progress::would_block;
  } else if (call_.outcome.status != StatusCode::ok) {
    return ended_status();
  }
  update_event();
  return read;
}

CallOutcome Stream::result() {
  Client::Access access(client_);
  access.leave_asleep();
  access.begin_wait();
  while (!call_.ended()) access.wait(changed_, call_);
  access.end_wait();
  return call_.outcome;
}

HANDLE Stream::event() noexcept {
  Client::Access access(client_);
  access.leave_asleep();
  if (!event_) event_.reset(CreateEventW(nullptr, TRUE, FALSE, nullptr));
  update_event();
  return event_.get();
}

void Stream::update_event() noexcept {
  if (!event_) return;
  const bool ready = call_.ended() || call_.reply.has_message() || (wants_to_write_ && has_room());
  if (ready) {
    SetEvent(event_.get());
  } else {
    ResetEvent(event_.get());
  }
}

void Stream::call_changed() noexcept {
  changed_.wake_all();
  update_event();
}

}  // namespace plugbroker::client
