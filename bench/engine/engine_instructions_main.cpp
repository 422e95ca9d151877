// SPDX-License-Identifier: Apache-2.0
// Routes calls of 64 bytes through an engine that many sessions and workers use at the same time. Each worker always holds
// one call: it answers, and the next session's call comes to it. The engine is used as a runtime uses it: it gets the
// bytes that a pipe gave, is asked whether a timer is due, for its commands, and for what is to be written where
// OutputReady said so. bench/engine/run builds this and counts what the engine's own functions take, called like that;
// ADDED instructions and more are added to each call, so that the check can be seen to find them.
#include <valgrind/callgrind.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker_core/base/fifo.h"
#include "broker_core/engine/engine.h"
#include "broker_core/protocol/frame_writer.h"

/// Takes `added` instructions, and those of a loop. Not mangled: callgrind knows it by its name.
extern "C" [[gnu::noinline]] void added_work(int added) {
  for (int i = 0; i < added; ++i) asm volatile("nop");
}

namespace {

using namespace plugbroker;
using namespace plugbroker::engine;
using namespace std::chrono_literals;

constexpr std::size_t payload_bytes = 64;
constexpr std::uint32_t charge = payload_bytes + limits::frame_charge_bytes;
/// With these, the time of many deadlines comes within some thousand calls, though each of their calls has ended.
constexpr Duration between_calls = 1ms;
constexpr std::uint64_t deadline_us = 2'000'000;
/// Prime, so that every session and worker has its turn, but not after its neighbour.
constexpr std::size_t stride = 7919;

struct Shape {
  std::size_t sessions = 0;
  std::size_t workers = 0;
  /// Peers return the connection's credit at once, and not when half of its window is due, as the product's do.
  bool credit_at_once = false;
  int added = 0;  ///< Instructions for each call.
};

void check(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "engine_instructions: %s\n", what);
  std::exit(1);
}

EngineConfig one_pool(std::size_t workers) {
  const auto count = static_cast<std::uint32_t>(workers);
  EngineConfig config;
  config.pools.push_back({.name = "p",
                          .routes = {"echo"},
                          .min_workers = count,
                          .max_workers = count,
                          .max_concurrent_starts = count,
                          .concurrency = 1});
  return config;
}

/// A session, or a worker's channel.
struct Peer {
  ConnectionId id;
  std::uint64_t streams = 0;   ///< Opened on this connection so far.
  std::uint32_t credit_due = 0;
  ConnectionId caller{};       ///< Of a worker: whose call it holds.
};

class Bench {
 public:
  explicit Bench(const Shape& shape) : shape_(shape), engine_(one_pool(shape.workers), now_) {
    take_commands();
    for (std::size_t i = 0; i < shape_.sessions; ++i) open_session();
    check(to_start_.size() == shape_.workers, "the engine wants another number of workers");
    for (const WorkerId worker : to_start_) start_worker(worker);
    for (std::size_t i = 0; i < shape_.workers; ++i) make_call();
  }

  /// The next worker answers, so that its caller has its END, and gets the next session's call.
  void call() {
    now_ += between_calls;
    next_worker_ = (next_worker_ + stride) % workers_.size();
    answer(workers_[next_worker_]);
    make_call();
    added_work(shape_.added);
  }

 private:
  void open_session() {
    const ConnectionId id{sessions_.size() + 1};
    sessions_.push_back({.id = id});
    engine_.handle(ClientConnected{id, 100}, now_);
    send(id, [](auto& writer) { writer.hello({.role = protocol::Role::client, .peer = {}}); });
    const std::string sid = "S-1-5-21-1000000000-" + std::to_string(100'000 + id.value);  // All of one length.
    engine_.handle(CallerIdentified{id, {}, sid, "someone", {true}}, now_);
    write_out();
  }

  void start_worker(WorkerId worker) {
    const ConnectionId id{sessions_.size() + workers_.size() + 1};
    workers_.push_back({.id = id});
    engine_.handle(WorkerStarted{worker, id, 200}, now_);
    send(id, [](auto& writer) {
      writer.hello({.role = protocol::Role::worker, .peer = {}});
      (void)writer.ready({{"echo"}, 1});
    });
  }

  void make_call() {
    next_session_ = (next_session_ + stride) % sessions_.size();
    Peer& session = sessions_[next_session_];
    send(session.id, [&](auto& writer) {
      return_credit(session, writer);
      writer.request(++session.streams, protocol::flag_end_stream, deadline_us, {.route = "echo"}, payload_);
    });
    check(got_.value > sessions_.size() && got_bytes_ > payload_bytes, "a request did not get to a worker");
    Peer& worker = workers_[got_.value - sessions_.size() - 1];
    ++worker.streams;
    worker.credit_due += charge;
    worker.caller = session.id;
  }

  void answer(Peer& worker) {
    send(worker.id, [&](auto& writer) {
      return_credit(worker, writer);
      writer.data(worker.streams, 0, payload_);
      writer.end(worker.streams, {.origin = Origin::worker, .worker_received = true});
    });
    check(got_ == worker.caller && got_bytes_ > payload_bytes, "a reply did not get to its caller");
    sessions_[got_.value - 1].credit_due += charge;
  }

  template <typename Writer>
  void return_credit(Peer& peer, Writer& writer) const {
    const std::uint32_t least = shape_.credit_at_once ? 1 : limits::connection_window_bytes / 2;
    if (peer.credit_due >= least) writer.window(0, std::exchange(peer.credit_due, 0));
  }

  /// What `write` writes comes in, and all that leaves because of it is written.
  template <typename Write>
  void send(ConnectionId from, Write write) {
    input_.clear();
    protocol::FrameWriter writer{input_};
    write(writer);
    if (engine_.next_timer() <= now_) engine_.handle(TimerExpired{}, now_);
    engine_.handle(BytesReceived{from, input_}, now_);
    write_out();
  }

  void write_out() {
    take_commands();
    while (!ready_.empty()) {
      got_ = ready_.take_front();
      got_bytes_ = 0;
      while (const std::size_t taken = engine_.take_output(got_, output_, limits::max_write_bytes, now_)) {
        got_bytes_ += taken;
        output_.clear();
        engine_.handle(WriteCompleted{got_}, now_);
      }
      take_commands();
    }
  }

  void take_commands() {
    while (engine_.next_command(command_)) {
      if (const auto* ready = std::get_if<OutputReady>(&command_)) {
        ready_.push_back(ready->connection);
      } else if (const auto* start = std::get_if<StartWorker>(&command_)) {
        to_start_.push_back(start->worker);
      }
    }
  }

  Shape shape_;
  TimePoint now_{1s};
  Engine engine_;
  Command command_;
  std::vector<Peer> sessions_;
  std::vector<Peer> workers_;
  std::vector<WorkerId> to_start_;
  std::size_t next_session_ = 0;
  std::size_t next_worker_ = 0;
  std::vector<std::byte> payload_ = std::vector<std::byte>(payload_bytes);
  std::vector<std::byte> input_;
  std::vector<std::byte> output_;
  Fifo<ConnectionId> ready_;  ///< OutputReady was given.
  ConnectionId got_;          ///< The last that was written to, and how much.
  std::size_t got_bytes_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  check(argc == 6, "usage: engine_instructions SESSIONS WORKERS CALLS seldom|at_once ADDED");
  const Shape shape{.sessions = std::strtoull(argv[1], nullptr, 10),
                    .workers = std::strtoull(argv[2], nullptr, 10),
                    .credit_at_once = std::string_view{argv[4]} == "at_once",
                    .added = std::atoi(argv[5])};
  const int calls = std::atoi(argv[3]);
  check(shape.sessions > 0 && shape.workers > 0 && calls > 0 && shape.added >= 0, "a number is out of range");
  Bench bench(shape);
  for (int i = 0; i < calls; ++i) bench.call();  // So that what grows has grown.
  CALLGRIND_ZERO_STATS;
  for (int i = 0; i < calls; ++i) bench.call();
}
