// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "broker_core/engine/call.h"
#include "broker_core/engine/commands.h"
#include "broker_core/engine/connection.h"
#include "broker_core/engine/state_tables.h"

namespace plugbroker::engine {

enum class ChannelState : std::uint8_t {
  none,  ///< WorkerStarted has not come.
  awaiting_hello,
  awaiting_ready,
  open,
  closed,
};

/// Why a worker was started.
enum class StartPurpose : std::uint8_t {
  capacity,     ///< The pool's minimum, its spare ones, or calls that wait.
  probe,        ///< To find out whether the breaker may close.
  replacement,  ///< To take the place of one that is to be recycled.
};

/// What a worker is watched by once it is ready: one PING at a time.
struct WorkerHealth {
  explicit WorkerHealth(Worker& watched) : worker(&watched), timer(this) {}

  Worker* worker;
  std::uint64_t pings = 0;  ///< Sent; the number of the last one is what its PONG repeats.
  bool awaits_pong = false;
  TimePoint pinged_at{};
  Timer timer;  ///< For the next PING, or for the PONG.
};

/// Where a worker's life as planned ends; zero: nowhere. Jitter is taken off already.
struct RecycleLimits {
  std::uint64_t calls = 0;
  Duration age{};
  std::uint64_t private_bytes = 0;
};

/// One worker process and its channel. Lives until the process has exited and the channel is closed; an attached one
/// until its channel is closed.
struct Worker {
  explicit Worker(Pool& owner) : pool(&owner), timer(this), health(*this) { channel.worker = this; }

  WorkerId id;
  Pool* pool;
  WorkerState state = WorkerState::starting;
  ChannelState channel_state = ChannelState::none;
  Connection channel;
  std::uint32_t process_id = 0;
  std::string image;  ///< The path of its program, for logs.
  std::uint32_t concurrency =
      1;  ///< Calls it may hold: the pool's, the worker's own and its max_streams, whichever is least.
  std::uint64_t max_payload = 0;                    ///< The smaller of the broker's and the worker's.
  std::uint64_t refused_above = ~std::uint64_t{0};  ///< By its GOAWAY: frames of higher streams mean nothing.
  std::uint32_t hung_calls = 0;                     ///< Of `calls`, those not ended within cancel_grace.
  std::uint64_t calls_completed = 0;
  std::vector<std::string> lacks_routes;  ///< Of the pool's, what it did not offer at READY.
  TimePoint started{};
  TimePoint ready_at{};
  TimePoint idle_since{};           ///< READY, or the end of its last call; means something while it has none.
  std::uint64_t look_at_calls = 1;  ///< When `calls_completed` gets there the keeper looks at it.
  bool proved = false;              ///< It has ended a call, or lasted; a start of it is no failure any more.
  StartPurpose purpose = StartPurpose::capacity;
  RecycleLimits recycle_at;
  std::uint64_t private_bytes = 0;  ///< As last observed.
  bool to_be_recycled = false;
  RecycleReason recycle_reason = RecycleReason::calls;

  /// Its author started it, under a debugger perhaps: neither start_timeout nor cancel_grace holds, its end is no
  /// failure and its process is never terminated.
  bool attached = false;
  bool end_expected = false;     ///< Its end is no failure: it was told to stop or said that it will.
  bool leaves = false;           ///< It said so by itself; any end but an exit with code 0 is a failure all the same.
  bool told_to_stop = false;     ///< GOAWAY was sent.
  bool terminate_asked = false;  ///< TerminateWorker was given.
  bool failure_recorded = false;
  std::string failure;                     ///< The first one, a sentence; where `failure_recorded`.
  std::shared_ptr<EvidenceCase> evidence;  ///< Of the calls that it held when it failed; null before, and once given.
  bool evidence_given = false;

  IntrusiveList<Call, &Call::in_holder> calls;  ///< Each holds a slot; the oldest first.
  /// starting: start_timeout. Told to stop: stop_timeout. One of process and channel ended: worker_death_settle.
  Timer timer;
  WorkerHealth health;

  ListLink<Worker> in_table;
  ListLink<Worker> in_pool;
  ListLink<Worker> in_load;
};

}  // namespace plugbroker::engine
