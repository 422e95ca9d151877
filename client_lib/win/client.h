// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "client_lib/core/client_session.h"
#include "client_lib/win/awake_clock.h"
#include "client_lib/win/cancellation.h"
#include "client_lib/win/guest_thread.h"
#include "client_lib/win/locks.h"
#include "client_lib/win/pipe_connector.h"
#include "client_lib/win/pipe_link.h"
#include "client_lib/win/reply_pool.h"

namespace plugbroker::client {

class Operation;

using LogCallback = void(__cdecl*)(void* context, std::int32_t level, const char* text);

struct ClientOptions {
  ConnectTarget target;
  std::string user_name;
  LogCallback log = nullptr;
  void* log_context = nullptr;
  std::uint64_t max_payload_bytes = limits::default_max_payload_bytes;
  std::uint64_t max_pending_bytes = 64ull * 1024 * 1024;  ///< Of requests that operations hold.
};

/// Who is told of a call's news: the `owner` of the calls of a Client.
class CallWatcher {
 public:
  /// The call has ended, has a message, or has sent something. With the client's lock held.
  virtual void call_changed() noexcept = 0;

 protected:
  ~CallWatcher() = default;
};

/// One client handle: a ClientSession, its pipes, and the one thread that does all I/O and runs all callbacks.
///
/// Its handle destroy()s it; its memory lives on for the operations and streams that still refer to it, whose calls
/// have ended by then.
///
/// A thread that waits for the only call there is does the I/O itself (client_lead.cpp): that saves two changes of
/// threads on the way. For a moment afterwards the I/O thread leaves the pipe alone, as the next such call may be near.
///
/// Who waits for a call waits at most until the deadline, the session's grace and stuck_thread_margin: past that he
/// ends the call himself, should the I/O thread hang in a callback.
class Client {
 public:
  static constexpr Duration stuck_thread_margin = std::chrono::milliseconds{150};
  /// How long the I/O thread leaves the pipe alone after a call that did its own I/O.
  static constexpr Duration lead_linger = std::chrono::milliseconds{20};

  /// Starts the I/O thread. resource_exhausted when there is none to be had.
  [[nodiscard]] static Result<Client*> create(ClientOptions options);

  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Ends all calls with cancelled, waits until those that wait for them have returned and all callbacks have, joins
  /// the thread. Not on a guest thread. The handle's reference is released.
  void destroy() noexcept;
  void retain() noexcept { references_.fetch_add(1); }
  void release() noexcept {
    if (references_.fetch_sub(1) == 1) delete this;
  }

  /// Runs `call`, whose owner's fields but the deadline are set, and waits for its end.
  void run(Call& call, Duration timeout, Cancellation* cancellation);

  /// Callable from any thread; never waits but for the lock.
  void cancel(Call& call) noexcept;

  /// Never null.
  [[nodiscard]] ReplyPool& replies() noexcept { return *replies_; }
  [[nodiscard]] const ClientOptions& options() const noexcept { return options_; }

  /// The lock, for as long as this lives. What was done to the session meanwhile is acted on at the end.
  class Access {
   public:
    explicit Access(Client& client) noexcept : client_(client) { client_.lock_.lock(); }
    Access(const Access&) = delete;
    Access& operator=(const Access&) = delete;
    ~Access() {
      client_.deliver();
      if (wakes_) client_.wake();
      client_.lock_.unlock();
    }
    [[nodiscard]] ClientSession& session() noexcept { return client_.session_; }
    /// Not ok: the client takes no more calls, for this reason.
    [[nodiscard]] StatusCode refusal() const noexcept { return client_.poison_; }
    /// Puts the news of calls into effect now, not only at the end.
    void deliver() noexcept { client_.deliver(); }
    /// The I/O thread has nothing to do for this.
    void leave_asleep() noexcept { wakes_ = false; }
    /// Wakes the I/O thread now, not only at the end.
    void wake() noexcept { client_.wake(); }
    /// As if each call had failed for want of memory.
    void out_of_memory() noexcept { client_.session_.fail_all(StatusCode::resource_exhausted, "out of memory"); }
    /// One more, or one less, thread that the destruction of the client has to wait for.
    void begin_wait() noexcept { ++client_.waiting_threads_; }
    void end_wait() noexcept {
      if (--client_.waiting_threads_ == 0) client_.idle_.wake_all();
    }
    /// Waits for `condition`, at most until `until`. When the call's last moment has passed, it is ended here.
    void wait(ConditionVariable& condition, const Call& call, TimePoint until = far_future) noexcept {
      client_.wait(condition, call, until);
    }

   private:
    Client& client_;
    bool wakes_ = true;
  };

  // Of operations. With the lock held.
  /// False when `bytes` more would pass max_pending_bytes.
  [[nodiscard]] bool reserve_pending(std::size_t bytes) noexcept;
  void release_pending(std::size_t bytes) noexcept { pending_bytes_ -= bytes; }
  /// The I/O thread calls finished() of it, without the lock.
  void complete(Operation& operation) noexcept;

 private:
  explicit Client(ClientOptions options);
  ~Client();

  static void thread_body(void* self) noexcept;
  /// One turn; returns false when the client is being destroyed or can't go on.
  bool turn();
  void take_completions(TimePoint now);
  void start_operations();
  void connect();
  void sleep(TimePoint until);
  void emit(const std::vector<LogLine>& lines) const;
  /// Returns whether there was any.
  bool run_completions() noexcept;

  /// True when another thread does the I/O, or has just done; the I/O thread has waited a while then.
  [[nodiscard]] bool stand_by() noexcept;

  // With the lock held.
  void deliver() noexcept;
  /// Has who does the I/O look again.
  void wake() noexcept;
  void wake_io_thread() noexcept;
  /// True when the caller may do the I/O of its call, the only one, that it is about to submit.
  [[nodiscard]] bool can_lead() const noexcept;
  /// Does the I/O until `call` has ended, or until it can't go on; the lock is given up while it waits.
  void lead(const Call& call) noexcept;
  void lead_wait(PipeLink& link) noexcept;
  /// After a fault that nothing else can handle, or at the end: the client takes no more calls.
  void poison(StatusCode code, const char* message) noexcept;
  void wait(ConditionVariable& condition, const Call& call, TimePoint until = far_future) noexcept;

  const ClientOptions options_;
  ReplyPool* replies_ = nullptr;
  std::atomic<int> references_{1};
  SrwLock lock_;
  ClientSession session_;  // Below the lock, as everything to `idle_`.
  std::uint32_t waiting_threads_ = 0;
  std::uint64_t pending_bytes_ = 0;
  Operation* first_completed_ = nullptr;
  Operation* last_completed_ = nullptr;
  enum class IoBy : std::uint8_t { nobody, io_thread, caller };
  IoBy io_by_ = IoBy::io_thread;  ///< Whose the links are.
  TimePoint leave_alone_until_ = TimePoint::min();
  bool leader_sleeps_ = false;
  bool stopping_ = false;
  bool io_sleeps_ = false;
  StatusCode poison_ = StatusCode::ok;
  ConditionVariable idle_;
  UniqueHandle wake_event_;
  UniqueHandle leader_event_;
  GuestThread thread_;
  std::vector<std::unique_ptr<PipeLink>> links_;  ///< Changed by the I/O thread alone; used by whom io_by_ says.
};

}  // namespace plugbroker::client
