// SPDX-License-Identifier: Apache-2.0
// The callers' side of Client; the I/O thread's is in client_io.cpp.
#include "client_lib/win/client.h"

#include <algorithm>
#include <new>

#include "client_lib/core/library_version.h"
#include "client_lib/win/operation.h"
#include "client_lib/win/text.h"

namespace plugbroker::client {

namespace {

std::uint64_t seed() noexcept {
  LARGE_INTEGER ticks{};
  QueryPerformanceCounter(&ticks);
  return static_cast<std::uint64_t>(ticks.QuadPart) ^ (std::uint64_t{GetCurrentProcessId()} << 32) ^
         GetCurrentThreadId();
}

SessionSettings settings_for(const ClientOptions& options) {
  SessionSettings settings;
  settings.self.library_name = "plugbroker-c";
  if (!options.user_name.empty()) settings.self.library_name += " (" + options.user_name + ")";
  settings.self.library_version = library_version;
  settings.self.limits.max_payload = options.max_payload_bytes;
  settings.seed = seed();
  return settings;
}

}  // namespace

Client::Client(ClientOptions options) : options_(std::move(options)), session_(settings_for(options_)) {}

Client::~Client() {
  if (replies_ != nullptr) replies_->close();
}

Result<Client*> Client::create(ClientOptions options) {
  struct Release {
    void operator()(Client* client) const noexcept { client->release(); }
  };
  std::unique_ptr<Client, Release> client(new Client(std::move(options)));
  client->replies_ = ReplyPool::create();
  if (client->replies_ == nullptr) throw std::bad_alloc();
  client->wake_event_.reset(CreateEventW(nullptr, FALSE, FALSE, nullptr));
  DWORD error = GetLastError();
  client->leader_event_.reset(client->wake_event_ ? CreateEventW(nullptr, FALSE, FALSE, nullptr) : nullptr);
  if (!client->leader_event_) error = GetLastError();
  if (!client->leader_event_) return {StatusCode::resource_exhausted, windows_error("CreateEvent", error)};
  const bool started = client->thread_.start(&Client::thread_body, client.get());
  error = GetLastError();
  if (!started) return {StatusCode::resource_exhausted, windows_error("CreateThread", error)};
  return client.release();
}

void Client::destroy() noexcept {
  {
    const LockGuard guard(lock_);
    stopping_ = true;
    poison(StatusCode::cancelled, "the client was destroyed");
    wake();
    while (waiting_threads_ != 0) idle_.wait(lock_, INFINITE);
    wake_io_thread();
  }
  thread_.join();
  run_completions();  // Only if the thread never began.
  release();
}

namespace {

/// A thread that waits for its call.
class Waiter final : public CallWatcher {
 public:
  explicit Waiter(Call& call) noexcept : call_(call) { call.owner = static_cast<CallWatcher*>(this); }
  void call_changed() noexcept override {
    if (call_.ended()) ended_.wake_all();
  }
  [[nodiscard]] ConditionVariable& ended() noexcept { return ended_; }

 private:
  Call& call_;
  ConditionVariable ended_;
};

}  // namespace

void Client::run(Call& call, Duration timeout, Cancellation* cancellation) {
  if (on_guest_thread()) {
    call.outcome.fail(StatusCode::failed_precondition, "a blocking call inside a callback");
    return;
  }
  Waiter waiter(call);
  const TimePoint now = awake_now();
  call.deadline = now + timeout;
  bool leads = false;
  {
    Access access(*this);
    if (poison_ != StatusCode::ok) {
      call.outcome.fail(poison_, "the client takes no more calls");
      return;
    }
    leads = can_lead();
    session_.submit(call, now);
    ++waiting_threads_;
    if (leads) {
      io_by_ = IoBy::caller;
      access.leave_asleep();
    }
  }
  {
    Cancellation::Attachment attachment;
    attachment.attach(cancellation, *this, call);
    const LockGuard guard(lock_);
    if (leads) lead(call);
    while (!call.ended()) wait(waiter.ended(), call);
  }
  const LockGuard guard(lock_);
  session_.forget(call);
  --waiting_threads_;
  if (waiting_threads_ == 0) idle_.wake_all();
}

void Client::wait(ConditionVariable& condition, const Call& call, TimePoint until) noexcept {
  const TimePoint last = call.deadline + SessionSettings{}.deadline_grace + stuck_thread_margin;
  const TimePoint now = awake_now();
  if (now < last) {
    condition.wait(lock_, milliseconds_until(std::min(last, until), now));
    return;
  }
  // The I/O thread should have ended this call long ago: it hangs. Do it here.
  try {
    session_.on_time(now);
  } catch (...) {
    session_.fail_all(StatusCode::resource_exhausted, "out of memory");
  }
  deliver();
  wake();
  if (!call.ended()) poison(StatusCode::internal, "the client has failed");
}

void Client::cancel(Call& call) noexcept {
  Access access(*this);
  try {
    session_.cancel(call);
  } catch (...) {
    session_.fail_all(StatusCode::resource_exhausted, "out of memory");
  }
}

bool Client::reserve_pending(std::size_t bytes) noexcept {
  if (bytes > options_.max_pending_bytes - pending_bytes_) return false;
  pending_bytes_ += bytes;
  return true;
}

void Client::complete(Operation& operation) noexcept {
  (last_completed_ == nullptr ? first_completed_ : last_completed_->next_completed_) = &operation;
  last_completed_ = &operation;
  wake_io_thread();
}

void Client::deliver() noexcept {
  while (Call* call = session_.next_changed()) {
    if (call->owner != nullptr) static_cast<CallWatcher*>(call->owner)->call_changed();
  }
}

void Client::wake() noexcept {
  if (io_by_ != IoBy::caller) {
    wake_io_thread();
  } else if (leader_sleeps_) {
    leader_sleeps_ = false;
    SetEvent(leader_event_.get());
  }
}

void Client::wake_io_thread() noexcept {
  if (!io_sleeps_) return;
  io_sleeps_ = false;
  SetEvent(wake_event_.get());
}

void Client::poison(StatusCode code, const char* message) noexcept {
  if (poison_ == StatusCode::ok) poison_ = code;
  session_.shut_down(code, message);
  deliver();
}

}  // namespace plugbroker::client
