// SPDX-License-Identifier: Apache-2.0
// A caller that does the I/O of its own call. Meanwhile the I/O thread stands by, for callbacks, log lines, new
// connections and for the moment when the caller is done.
#include "client_lib/win/client.h"

namespace plugbroker::client {

bool Client::can_lead() const noexcept {
  return io_by_ == IoBy::nobody && poison_ == StatusCode::ok && !session_.has_calls() && session_.is_connected() &&
         !session_.has_log() && links_.size() == 1 && links_.front()->error() == 0;
}

void Client::lead(const Call& call) noexcept {
  PipeLink& link = *links_.front();
  for (bool go_on = true; go_on;) {
    try {
      const TimePoint now = awake_now();
      take_completions(now);
      session_.on_time(now);
      // Without a connection for new calls this one may be waiting for the next, which the I/O thread makes.
      go_on = !call.ended() && link.error() == 0 && session_.is_connected();
      if (go_on && !link.writing() && link.write_buffer().empty()) {
        session_.produce(link.id(), link.write_buffer(), now);
      }
    } catch (...) {
      session_.fail_all(StatusCode::resource_exhausted, "out of memory");
    }
    deliver();
    go_on = go_on && !call.ended() && poison_ == StatusCode::ok;
    if (go_on) lead_wait(link);
  }
  io_by_ = IoBy::nobody;
  leave_alone_until_ = awake_now() + lead_linger;
  // Whatever is left to be done is the I/O thread's. After a call that went well nothing is but credit to be returned:
  // it goes with the next call, or when the I/O thread has left this connection alone for long enough.
  const bool went_well = call.ended() && call.outcome.status == StatusCode::ok;
  const bool left = session_.has_calls() || session_.has_log() || (session_.has_control_output() && !went_well) ||
                    link.error() != 0 || !link.write_buffer().empty() ||
                    session_.wants_close(link.id(), leave_alone_until_);
  if (left) wake_io_thread();
}

void Client::lead_wait(PipeLink& link) noexcept {
  const TimePoint until = session_.next_timer();
  leader_sleeps_ = true;
  lock_.unlock();
  if (!link.writing() && !link.write_buffer().empty()) link.write();
  link.read();
  if (!link.has_completion() && link.error() == 0) {
    HANDLE handles[3];
    DWORD count = 0;
    handles[count++] = leader_event_.get();
    if (link.read_event() != nullptr) handles[count++] = link.read_event();
    if (link.write_event() != nullptr) handles[count++] = link.write_event();
    WaitForMultipleObjects(count, handles, FALSE, milliseconds_until(until, awake_now()));
  }
  lock_.lock();
  leader_sleeps_ = false;
}

}  // namespace plugbroker::client
