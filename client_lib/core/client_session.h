// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "broker_core/base/log_sink.h"
#include "broker_core/base/strong_id.h"
#include "client_lib/core/call.h"
#include "client_lib/core/call_retry.h"
#include "client_lib/core/call_timers.h"
#include "client_lib/core/client_connection.h"
#include "client_lib/core/connect_backoff.h"
#include "client_lib/core/connect_failure.h"

namespace plugbroker::client {

struct SessionSettings {
  protocol::PeerDescription self;
  /// A call that was sent gets so long after its deadline for the service's END before the client ends it by itself.
  Duration deadline_grace = std::chrono::milliseconds{100};
  Duration opening_timeout = std::chrono::seconds{5};
  Duration close_linger = limits::linger_after_refusal;  ///< For the last GOAWAY to be written.
  std::uint64_t seed = 1;
};

struct LogLine {
  LogLevel level = LogLevel::information;
  std::string text;
};

/// One client handle's calls and connections, without any I/O or clock.
///
/// Promises: every submitted call ends exactly once, by its deadline plus `deadline_grace` as long as on_time() is
/// called. A call is sent again only when no worker can have seen it: no byte of it was written, or the service said in
/// GOAWAY that it did not take it, or it failed so and its `retries` allow it. Calls wait for a connection until their
/// deadline unless the ConnectFailureRule of what went wrong says to end them.
///
/// The owner connects when connect_due() says so, carries bytes, and collects with next_changed() and take_log() after
/// any call. Not thread-safe. Needs no memory for a call once it has had as many at a time; when memory is short a
/// function throws std::bad_alloc, and the owner goes on with fail_all().
class ClientSession {
 public:
  /// Connections that finish their calls after a GOAWAY, at most; the oldest is given up beyond that.
  static constexpr std::size_t max_going_away = 4;
  static constexpr std::size_t max_log_lines = 64;
  /// The largest request that is sent again after a failure.
  static constexpr std::size_t max_retried_bytes = OutgoingRequest::kept_bytes;

  /// The largest message there can be, whatever the settings allow: its length is kept in 32 bits.
  static constexpr std::uint64_t largest_message = 0xFFFF'FFFF;

  explicit ClientSession(const SessionSettings& settings);

  // Calls.
  /// `call` is idle; its owner's fields are set. Of kind `readiness` it ends ok once there is a connection that takes
  /// calls, else with the last failure when the deadline has passed or when waiting can't help.
  /// On std::bad_alloc it is idle again.
  void submit(Call& call, TimePoint now);
  /// Ends the call with cancelled, unless it has ended.
  void cancel(Call& call);
  /// Nothing of the call is left in the session; if it was sent, the server is asked to cancel it. Ended or not.
  void forget(Call& call);
  /// Of a stream: its request was added to or closed.
  void request_grew(Call& call) noexcept;
  /// Of a stream: takes the oldest whole message, of which there is one.
  [[nodiscard]] std::vector<std::byte> take_message(Call& call);
  /// True when there are frames to be sent that no call brings with it.
  [[nodiscard]] bool has_control_output() const noexcept;
  /// Ends every call so and drops all connections, without needing memory. `code` is not ok.
  void fail_all(StatusCode code, std::string_view message) noexcept;
  /// fail_all(), and ends later calls at once.
  void shut_down(StatusCode code, std::string_view message) noexcept;

  /// The next call with news: it has ended, has a message to take, or has sent something. Null when there is none.
  [[nodiscard]] Call* next_changed() noexcept { return changed_.pop_front(); }

  // Connecting.
  /// True when a connection is wanted and the back-off is over. Answer with connected() or connect_failed().
  [[nodiscard]] bool connect_due(TimePoint now) const noexcept;
  [[nodiscard]] ConnectionId connected(TimePoint now);
  void connect_failed(ConnectFailure failure, TimePoint now);

  // Connections. An id that is not known any more is ignored.
  void received(ConnectionId id, ByteView bytes, TimePoint now);
  void lost(ConnectionId id, std::string_view reason, TimePoint now);
  /// See ClientConnection::produce().
  void produce(ConnectionId id, std::vector<std::byte>& buffer, TimePoint now);
  /// True when the connection is to be closed once no write is outstanding. It is forgotten by closed().
  [[nodiscard]] bool wants_close(ConnectionId id, TimePoint now) const noexcept;
  /// True when it is to be closed now, whatever is outstanding.
  [[nodiscard]] bool close_overdue(ConnectionId id, TimePoint now) const noexcept;
  void closed(ConnectionId id, TimePoint now);

  // Time.
  [[nodiscard]] TimePoint next_timer() const noexcept;
  void on_time(TimePoint now);

  /// True while a call has been submitted and has not ended.
  [[nodiscard]] bool has_calls() const noexcept { return timers_.first() != nullptr; }
  [[nodiscard]] bool has_log() const noexcept { return !log_.empty(); }
  [[nodiscard]] std::vector<LogLine> take_log() noexcept { return std::exchange(log_, {}); }
  [[nodiscard]] bool is_connected() const noexcept;
  /// The most that one message may have, either way, as far as is known.
  [[nodiscard]] std::uint64_t max_payload() const noexcept;

 private:
  struct Link {
    ConnectionId id;
    ClientConnection connection;
    TimePoint opening_deadline;
    TimePoint close_by = far_future;

    Link(ConnectionId which, const protocol::PeerDescription& self, TimePoint opening_until)
        : id(which), connection(self), opening_deadline(opening_until) {}
  };

  [[nodiscard]] Link* link_of(ConnectionId id) const noexcept;
  void pump(TimePoint now);
  void drain(Link& link, TimePoint now);
  void handle_event(Link& link, const ConnectionEvent& event, TimePoint now);
  /// A call that its connection has news of.
  void handle_changed(Call& call, TimePoint now);
  /// Its outcome is in place, and no connection has it.
  void finish(Call& call) noexcept;
  void fail(Call& call, StatusCode code, std::string_view words, RetryClass retry = RetryClass::never,
            bool received = false) noexcept;
  void wait(Call& call);
  void tell(Call& call) noexcept;
  void expire(Call& call, TimePoint now);
  [[nodiscard]] bool may_be_sent_again(const Call& call) const noexcept;
  void end_ready_waiters() noexcept;
  void end_waiting(const ConnectFailure& failure);
  void leave_current(ConnectionId id, TimePoint next_attempt) noexcept;
  void log(LogLevel level, std::string text);
  void fail_not_connected(Call& call);

  SessionSettings settings_;
  ConnectBackoff backoff_;
  CallRetry retry_;
  PlaceList waiting_;  ///< Calls without a connection, oldest first.
  PlaceList backing_off_;
  ChangedList changed_;
  CallTimers timers_;
  std::vector<std::unique_ptr<Link>> links_;  ///< Oldest first.
  ConnectionId current_;
  TimePoint next_attempt_ = TimePoint::min();
  std::uint32_t failures_in_a_row_ = 0;
  std::optional<ConnectFailure> last_failure_;
  StatusCode shut_down_ = StatusCode::ok;
  std::uint64_t last_call_ = 0;
  std::uint64_t last_connection_ = 0;
  std::vector<LogLine> log_;
};

}  // namespace plugbroker::client
