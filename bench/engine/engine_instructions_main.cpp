// SPDX-License-Identifier: Apache-2.0
// Routes calls of 64 bytes through an engine, one after another, from one client to one worker and back. Only what the
// engine itself does is between the toggles: what both peers write is made before, what they get is only looked at.
#include <valgrind/callgrind.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "broker_core/engine/engine.h"
#include "broker_core/protocol/frame_writer.h"

namespace {

using namespace plugbroker;
using namespace plugbroker::engine;
using namespace std::chrono_literals;

constexpr int warm_up_calls = 200;
constexpr std::size_t payload_bytes = 64;
constexpr ConnectionId client{1};
constexpr ConnectionId channel{2};

void check(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "engine_instructions: %s\n", what);
  std::exit(1);
}

template <typename Write>
std::vector<std::byte> frames(Write write) {
  std::vector<std::byte> bytes;
  protocol::FrameWriter writer{bytes};
  write(writer);
  return bytes;
}

EngineConfig one_pool() {
  EngineConfig config;
  config.pools.push_back({.name = "p", .routes = {"echo"}, .min_workers = 1, .max_workers = 1, .concurrency = 1});
  return config;
}

class Bench {
 public:
  Bench() : engine_(one_pool(), now_) {
    handle(ClientConnected{client, 100});
    handle(BytesReceived{client, hello(protocol::Role::client)});
    handle(CallerIdentified{client, {}, "S-1-5-21-1", "someone", {true}});
    handle(WorkerStarted{WorkerId{1}, channel, 200});
    handle(BytesReceived{channel, hello(protocol::Role::worker)});
    handle(BytesReceived{channel, frames([](auto& writer) { (void)writer.ready({{"echo"}, 1}); })});
    for (const ConnectionId connection : {client, channel}) write_out(connection);
  }

  /// The calls from now on are counted.
  void start_counting() { counting_ = true; }

  void call() {
    const std::uint64_t stream = ++calls_;
    constexpr std::uint32_t charge = payload_bytes + limits::frame_charge_bytes;
    const auto request = frames([&](auto& writer) {
      if (stream > 1) writer.window(0, charge);  // For the reply before.
      writer.request(stream, protocol::flag_end_stream, 30'000'000, {.route = "echo"}, payload_);
    });
    const auto reply = frames([&](auto& writer) {
      writer.window(0, charge);
      writer.data(stream, 0, payload_);
      writer.end(stream, {.origin = Origin::worker, .worker_received = true});
    });
    now_ += 100us;
    const std::size_t to_worker = exchange(client, request, channel);
    const std::size_t to_client = exchange(channel, reply, client);
    check(to_worker > payload_bytes && to_client > payload_bytes, "a call was not routed");
  }

 private:
  static std::vector<std::byte> hello(protocol::Role role) {
    return frames([role](auto& writer) { writer.hello({.role = role, .peer = {}}); });
  }

  void handle(const Event& event) {
    engine_.handle(event, now_);
    drain();
  }

  void drain() {
    while (engine_.next_command(command_)) {
    }
  }

  std::size_t write_out(ConnectionId connection) {
    std::size_t written = 0;
    buffer_.clear();
    while (const std::size_t taken = engine_.take_output(connection, buffer_, limits::max_write_bytes, now_)) {
      written += taken;
      handle(WriteCompleted{connection});
      buffer_.clear();
    }
    drain();
    return written;
  }

  /// One side's bytes come in; what both sides get is written, the other side first. Returns what the other side got.
  std::size_t exchange(ConnectionId from, ByteView bytes, ConnectionId to) {
    if (counting_) CALLGRIND_TOGGLE_COLLECT;
    handle(BytesReceived{from, bytes});
    const std::size_t written = write_out(to);
    write_out(from);
    if (counting_) CALLGRIND_TOGGLE_COLLECT;
    return written;
  }

  TimePoint now_{1s};
  Engine engine_;
  Command command_;
  std::vector<std::byte> buffer_;
  std::vector<std::byte> payload_ = std::vector<std::byte>(payload_bytes);
  std::uint64_t calls_ = 0;
  bool counting_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  const int calls = argc == 2 ? std::atoi(argv[1]) : 0;
  check(calls > 0, "usage: engine_instructions CALLS");
  Bench bench;
  for (int i = 0; i < warm_up_calls; ++i) bench.call();
  bench.start_counting();
  for (int i = 0; i < calls; ++i) bench.call();
}
