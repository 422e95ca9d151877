// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "broker_core/protocol/frame_reader.h"
#include "broker_core/protocol/frame_writer.h"
#include "broker_core/protocol/messages.h"
#include "broker_core/protocol/negotiation.h"
#include "client_lib/core/client_connection.h"

namespace plugbroker::client {

using namespace std::chrono_literals;

inline constexpr TimePoint at(Duration since_start) {
  return TimePoint{1h} + since_start;
}

inline ByteView bytes_of(std::string_view text) {
  return as_byte_view(text);
}
inline std::string text_of(const std::vector<std::byte>& bytes) {
  return std::string{as_text(bytes)};
}

/// A frame that owns its bytes.
struct SeenFrame {
  protocol::FrameHeader header;
  std::vector<std::byte> meta;
  std::string payload;

  [[nodiscard]] std::string route() const { return std::string{protocol::decode_request(meta).value().route}; }
};

/// The server's end in a test: takes apart what the client wrote, and makes the bytes of answers.
class ScriptedServer {
 public:
  ScriptedServer() : writer_(bytes_) {}

  /// Takes apart one write of the client.
  std::vector<SeenFrame> read(ByteView written) {
    std::vector<SeenFrame> frames;
    reader_.feed(written);
    while (auto frame = reader_.next()) {
      frames.push_back({frame->header, {frame->meta.begin(), frame->meta.end()}, std::string{as_text(frame->payload)}});
    }
    return frames;
  }

  /// Starts the next answer.
  protocol::FrameWriter<std::vector<std::byte>>& write() { return writer_; }
  /// The answer since the last take().
  std::vector<std::byte> take() { return std::exchange(bytes_, {}); }

  std::vector<std::byte> hello_ack(const protocol::PeerLimits& limits = {}) {
    protocol::PeerDescription self;
    self.limits = limits;
    self.library_name = "test-server";
    writer_.hello_ack(protocol::answer_hello({}, self, protocol::InstanceId{}));
    return take();
  }
  std::vector<std::byte> refusal(StatusCode code, std::string message) {
    writer_.hello_ack(protocol::refuse_hello({code, std::move(message)}, {}));
    return take();
  }
  std::vector<std::byte> reply(std::uint64_t stream, std::string_view data) {
    writer_.data(stream, 0, bytes_of(data));
    return end(stream, StatusCode::ok);
  }
  std::vector<std::byte> end(std::uint64_t stream, StatusCode status, std::string_view message = {}) {
    protocol::EndMeta meta;
    meta.status = status;
    meta.origin = Origin::worker;
    meta.worker_received = true;
    meta.message = message;
    writer_.end(stream, meta);
    return take();
  }
  std::vector<std::byte> goaway(std::uint64_t last_stream) {
    protocol::GoAway goaway;
    goaway.last_stream = last_stream;
    goaway.status = StatusCode::unavailable;
    goaway.message = "stopping";
    writer_.goaway(goaway);
    return take();
  }

 private:
  std::vector<std::byte> bytes_;
  protocol::FrameWriter<std::vector<std::byte>> writer_;
  protocol::FrameReader reader_;
};

/// A unary call, as a test describes it.
struct CallSpec {
  std::string_view route;
  std::string_view content_type;
  ByteView payload;
  TimePoint deadline;
};

inline CallSpec call_to(std::string_view route, std::string_view payload = {}, TimePoint deadline = at(10s)) {
  return {.route = route, .content_type = {}, .payload = bytes_of(payload), .deadline = deadline};
}

/// The calls of a test, by a number that the test or this gives.
class TestCalls {
 public:
  Call& add(int number, const CallSpec& spec) {
    Call& call = add(number, CallKind::unary, spec);
    call.request.borrow(spec.payload);
    return call;
  }
  Call& add(int number, CallKind kind, const CallSpec& spec) {
    calls_.push_back(std::make_unique<Entry>());
    Call& call = calls_.back()->call;
    calls_.back()->number = number;
    call.kind = kind;
    call.head.route = spec.route;
    call.head.content_type = spec.content_type;
    call.deadline = spec.deadline;
    call.owner = calls_.back().get();
    return call;
  }
  [[nodiscard]] Call& operator[](int number) {
    for (const auto& entry : calls_) {
      if (entry->number == number) return entry->call;
    }
    ADD_FAILURE() << "no call " << number;
    std::abort();
  }
  [[nodiscard]] static int number_of(const Call& call) { return static_cast<Entry*>(call.owner)->number; }
  [[nodiscard]] int next_number() const { return static_cast<int>(calls_.size()) + 1; }

 private:
  struct Entry {
    int number = 0;
    CallOutcome outcome;
    Call call{outcome};
  };
  std::vector<std::unique_ptr<Entry>> calls_;
};

/// What a connection told, of itself and of its calls.
struct SeenEvent {
  enum class Kind { opened, refused, not_our_peer, going_away, broken, call_ended, call_returned, call_changed };
  Kind kind;
  int call = 0;
  CallOutcome outcome{};
  Status status{};
};

/// A connection with a server, opened or not.
struct ConnectionFixture {
  ScriptedServer server;
  TestCalls calls;
  ClientConnection connection;
  std::vector<std::byte> buffer;

  explicit ConnectionFixture(const protocol::PeerDescription& self = {}) : connection(self) {}

  std::vector<SeenFrame> write(TimePoint now = at(0s)) {
    connection.produce(buffer, now);
    return server.read(buffer);
  }
  void start(int number, const CallSpec& spec) { connection.start(calls.add(number, spec)); }
  bool abandon(int number) { return connection.abandon(calls[number]); }

  std::vector<SeenEvent> events() {
    std::vector<SeenEvent> all;
    while (Call* call = connection.next_changed()) {
      const auto kind = call->ended()                           ? SeenEvent::Kind::call_ended
                        : call->stage() == Call::Stage::waiting ? SeenEvent::Kind::call_returned
                                                                : SeenEvent::Kind::call_changed;
      all.push_back({kind, TestCalls::number_of(*call), call->outcome, {}});
    }
    while (auto event = connection.next_event()) {
      all.push_back({static_cast<SeenEvent::Kind>(event->kind), 0, {}, event->status});
    }
    return all;
  }
  void open(const protocol::PeerLimits& limits = {}) {
    write();
    connection.receive(server.hello_ack(limits));
    events();
  }
};

}  // namespace plugbroker::client
