// SPDX-License-Identifier: Apache-2.0
#include "broker_core/runtime/request_server.h"

#include <algorithm>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "broker_core/base/limits.h"
#include "broker_core/runtime/connection_outbox.h"
#include "broker_core/runtime/served_session.h"

namespace plugbroker::runtime {

class RequestServer::Implementation final : private TransportSink {
 public:
  Implementation(protocol::PeerDescription server, protocol::InstanceId instance, Environment environment)
      : server_(std::move(server)), instance_(instance), environment_(environment), now_(environment.clock.now()) {}

  bool turn(TimePoint wait_until) {
    if (stop_given_ && sessions_.empty()) return false;
    environment_.transport.wait(std::min(wait_until, next_wake()), *this);
    now_ = environment_.clock.now();
    take_stop_request();
    take_slow_replies();
    expire();
    while (const auto connection = outbox_.next_overdue(now_)) hand_over(*connection);
    while (const auto connection = outbox_.next_ready()) write_or_finish(*connection);
    return !(stop_given_ && sessions_.empty());
  }

  void request_stop() {
    stop_requested_.store(true);
    environment_.transport.wake();
  }

 private:
  struct SlowResult {
    ConnectionId connection;
    std::uint64_t stream = 0;
    ServedReply reply;
  };

  void connected(ConnectionId connection, std::uint32_t process_id) override {
    if (sessions_.size() >= served::max_sessions) {
      environment_.transport.close(connection, Duration::zero());
      return;
    }
    outbox_.add(connection);
    sessions_.try_emplace(
        connection, server_, instance_, environment_.handler,
        ServedSession::Surroundings{
            .caller = [=, this] { return name_of(connection, process_id); },
            .run_slow = [=, this](std::uint64_t stream,
                                  SlowReply slow) { return run(connection, stream, std::move(slow)); },
        },
        environment_.clock.now());
  }
  void received(ConnectionId connection, ByteView bytes) override {
    if (!outbox_.takes_input(connection)) return;
    sessions_.at(connection).receive(bytes, environment_.clock.now());
    update(connection);
  }
  void write_completed(ConnectionId connection) override {
    if (outbox_.write_completed(connection)) outbox_.mark_ready(connection);
  }
  void closed(ConnectionId connection, std::string_view) override {
    outbox_.remove(connection);
    sessions_.erase(connection);
  }
  void woken() override {}

  bool run(ConnectionId connection, std::uint64_t stream, SlowReply slow) {
    return environment_.slow_replies.run([this, connection, stream, slow = std::move(slow)] {
      SlowResult result{connection, stream, slow()};
      {
        const std::lock_guard lock(slow_mutex_);
        slow_results_.push_back(std::move(result));
      }
      environment_.transport.wake();
    });
  }

  void take_slow_replies() {
    std::vector<SlowResult> results;
    {
      const std::lock_guard lock(slow_mutex_);
      results.swap(slow_results_);
    }
    for (SlowResult& result : results) {
      const auto place = sessions_.find(result.connection);
      if (place == sessions_.end()) continue;
      place->second.answer(result.stream, std::move(result.reply));
      if (!place->second.closing()) outbox_.mark_ready(result.connection);
    }
  }

  /// After anything happened to a session: it may have something to send, or be at its end.
  void update(ConnectionId connection) {
    if (sessions_.at(connection).closing()) {
      outbox_.begin_close(connection, now_);
    } else {
      outbox_.mark_ready(connection);
    }
  }

  [[nodiscard]] TimePoint next_wake() const {
    TimePoint next = outbox_.next_deadline();
    for (const auto& [connection, session] : sessions_) next = std::min(next, session.next_timer());
    return next;
  }

  [[nodiscard]] std::string name_of(ConnectionId connection, std::uint32_t process_id) const {
    const engine::CallerIdentified caller = environment_.callers.identify(connection);
    if (!caller.result.ok()) return "process " + std::to_string(process_id);
    return caller.account.empty() ? caller.sid : caller.account + " (" + caller.sid + ')';
  }

  void take_stop_request() {
    if (!stop_requested_.load() || stop_given_) return;
    stop_given_ = true;
    environment_.transport.stop_listening();
    for (auto& [connection, session] : sessions_) {
      session.stop();
      update(connection);
    }
  }

  void expire() {
    for (auto& [connection, session] : sessions_) {
      if (session.next_timer() > now_) continue;
      session.expire(now_);
      update(connection);
    }
  }

  void write_or_finish(ConnectionId connection) {
    if (spare_.capacity() == 0) spare_ = environment_.transport.recycle_buffer();
    if (sessions_.at(connection).take_output(spare_, limits::max_write_bytes) != 0) {
      outbox_.write_started(connection);
      environment_.transport.write(connection, std::exchange(spare_, {}));
    } else {
      hand_over(connection);
    }
  }

  void hand_over(ConnectionId connection) {
    if (const auto linger = outbox_.finish_close(connection, now_)) environment_.transport.close(connection, *linger);
  }

  protocol::PeerDescription server_;
  protocol::InstanceId instance_;
  Environment environment_;
  TimePoint now_;
  ConnectionOutbox outbox_;
  std::unordered_map<ConnectionId, ServedSession> sessions_;
  std::vector<std::byte> spare_;  ///< Empty, for the next write.
  std::atomic<bool> stop_requested_{false};
  bool stop_given_ = false;
  std::mutex slow_mutex_;
  std::vector<SlowResult> slow_results_;  ///< Guarded by slow_mutex_.
};

RequestServer::RequestServer(protocol::PeerDescription server, protocol::InstanceId instance, Environment environment)
    : implementation_(std::make_unique<Implementation>(std::move(server), instance, environment)) {}

RequestServer::~RequestServer() = default;

void RequestServer::run() {
  while (turn(far_future)) {
  }
}

bool RequestServer::turn(TimePoint wait_until) {
  return implementation_->turn(wait_until);
}

void RequestServer::request_stop() {
  implementation_->request_stop();
}

}  // namespace plugbroker::runtime
