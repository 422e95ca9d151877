// SPDX-License-Identifier: Apache-2.0
// Once the first calls have been made, the engine allocates nothing for a call: what it needs is reused.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "broker_core/engine/engine.h"
#include "broker_core/protocol/frame_writer.h"
#include "tests/unit/protocol/counted_memory.h"

namespace plugbroker::engine {
namespace {

using namespace std::chrono_literals;
using protocol::flag_end_stream;
using protocol::flag_more;
using protocol::flag_no_message;

constexpr ConnectionId client{1};
constexpr ConnectionId channel{2};
constexpr int warm_up_calls = 300;  // The first WINDOW of the connection comes after 127 calls of 4 KiB.
constexpr int calls = 300;

EngineConfig one_pool() {
  EngineConfig config;
  config.pools.push_back({.name = "p", .routes = {"echo"}});
  return config;
}

/// An engine with one client and one worker, whose frames come from here; what the engine writes is thrown away.
class SteadyEngine {
 public:
  SteadyEngine() : engine_(one_pool(), now_) {
    engine_.handle(ClientConnected{client, 100}, now_);
    drain();
    send(client, [](auto& writer) { writer.hello({.role = protocol::Role::client, .peer = {}}); });
    engine_.handle(CallerIdentified{client, {}, "S-1-5-21-1", "someone", {true}}, now_);
    engine_.handle(WorkerStarted{WorkerId{1}, channel, 200}, now_);
    send(channel, [](auto& writer) { writer.hello({.role = protocol::Role::worker, .peer = {}}); });
    send(channel, [](auto& writer) { (void)writer.ready({{"echo"}, 1}); });
    send(client, [](auto& writer) { writer.window(0, limits::max_window_bytes / 2); });
    send(channel, [](auto& writer) { writer.window(0, limits::max_window_bytes / 2); });
    (void)pairs_.add("tenant", "someone");
  }

  /// One message each way.
  void unary_call(std::size_t bytes) {
    const std::uint64_t stream = ++last_stream_;
    const ByteView payload = as_byte_view(payload_).first(bytes);
    send(client, [&](auto& writer) { writer.request(stream, flag_end_stream, 30'000'000, request_meta(), payload); });
    send(channel, [&](auto& writer) {
      writer.data(stream, 0, payload);
      writer.end(stream, end_meta());
    });
  }

  /// Three messages each way and a half-close.
  void stream_call(std::size_t bytes) {
    const std::uint64_t stream = ++last_stream_;
    const ByteView payload = as_byte_view(payload_).first(bytes);
    send(client, [&](auto& writer) { writer.request(stream, flag_no_message, 30'000'000, request_meta(), {}); });
    for (int i = 0; i < 3; ++i) {
      send(client, [&](auto& writer) { writer.data(stream, flag_more, payload); });
      send(client, [&](auto& writer) { writer.data(stream, 0, payload); });
      send(channel, [&](auto& writer) { writer.data(stream, 0, payload); });
    }
    send(client, [&](auto& writer) { writer.data(stream, flag_no_message | flag_end_stream, {}); });
    send(channel, [&](auto& writer) { writer.end(stream, end_meta()); });
  }

  /// Two calls for one worker: the second waits in the queue.
  void calls_of_which_one_waits(std::size_t bytes) {
    const std::uint64_t first = last_stream_ + 1;
    const ByteView payload = as_byte_view(payload_).first(bytes);
    for (int i = 0; i < 2; ++i) {
      const std::uint64_t stream = ++last_stream_;
      send(client, [&](auto& writer) { writer.request(stream, flag_end_stream, 30'000'000, request_meta(), payload); });
    }
    for (const std::uint64_t stream : {first, first + 1}) {
      send(channel, [&](auto& writer) {
        writer.data(stream, 0, payload);
        writer.end(stream, end_meta());
      });
    }
  }

  [[nodiscard]] std::uint64_t calls_ended_ok() const { return engine_.snapshot(now_).calls_by_status[0]; }

 private:
  [[nodiscard]] protocol::RequestMeta request_meta() const {
    return {.route = "echo", .content_type = "text/plain", .app_metadata = pairs_.view()};
  }
  [[nodiscard]] protocol::EndMeta end_meta() const {
    return {.origin = Origin::worker,
            .worker_received = true,
            .message = "a message that is longer than a short string",
            .app_metadata = pairs_.view(),
            .detail = as_byte_view("detail that is longer than a short string")};
  }

  template <typename Write>
  void send(ConnectionId from, Write write) {
    bytes_.clear();
    protocol::FrameWriter writer{bytes_};
    write(writer);
    now_ += 100us;
    engine_.handle(BytesReceived{from, bytes_}, now_);
    drain();
    write_out(client);
    write_out(channel);
  }

  void write_out(ConnectionId connection) {
    for (;;) {
      output_.clear();
      if (engine_.take_output(connection, output_, limits::max_write_bytes, now_) == 0) break;
      engine_.handle(WriteCompleted{connection}, now_);
    }
    drain();
  }

  void drain() {
    while (engine_.next_command(command_)) {
    }
  }

  TimePoint now_{1s};
  Engine engine_;
  Command command_;
  std::vector<std::byte> bytes_;
  std::vector<std::byte> output_;
  std::string payload_ = std::string(4096, 'x');
  protocol::AppMetadataList pairs_;
  std::uint64_t last_stream_ = 0;
};

/// What `calls` runs of `call` allocate, after those that warm up.
template <typename Call>
std::size_t allocations_of(Call call) {
  for (int i = 0; i < warm_up_calls; ++i) call();
  const std::size_t before = counted.allocations;
  for (int i = 0; i < calls; ++i) call();
  return counted.allocations - before;
}

TEST(EngineMemory, AUnaryCallAllocatesNothing) {
  for (const std::size_t bytes : {0u, 64u, 1'000u, 4'096u}) {
    SteadyEngine steady;

    EXPECT_EQ(allocations_of([&] { steady.unary_call(bytes); }), 0u) << bytes;

    EXPECT_EQ(steady.calls_ended_ok(), static_cast<std::uint64_t>(warm_up_calls + calls));
  }
}

TEST(EngineMemory, AStreamAllocatesNothing) {
  SteadyEngine steady;

  EXPECT_EQ(allocations_of([&] { steady.stream_call(4'096); }), 0u);

  EXPECT_EQ(steady.calls_ended_ok(), static_cast<std::uint64_t>(warm_up_calls + calls));
}

TEST(EngineMemory, ACallThatWaitsAllocatesNothing) {
  SteadyEngine steady;

  EXPECT_EQ(allocations_of([&] { steady.calls_of_which_one_waits(64); }), 0u);

  EXPECT_EQ(steady.calls_ended_ok(), static_cast<std::uint64_t>(2 * (warm_up_calls + calls)));
}

TEST(EngineMemory, OneAllocationACallWouldBeSeen) {
  SteadyEngine steady;

  const std::size_t seen = allocations_of([&] {
    steady.unary_call(64);
    ::operator delete(::operator new(1));
  });

  EXPECT_EQ(seen, static_cast<std::size_t>(calls));
}

}  // namespace
}  // namespace plugbroker::engine
