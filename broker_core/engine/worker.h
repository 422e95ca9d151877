// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker_core/engine/call.h"
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

/// One worker process and its channel. Lives until the process has exited and the channel is closed; an attached one
/// until its channel is closed.
struct Worker {
  explicit Worker(Pool& owner) : pool(&owner), timer(this) { channel.worker = this; }

  WorkerId id;
  Pool* pool;
  WorkerState state = WorkerState::starting;
  ChannelState channel_state = ChannelState::none;
  Connection channel;
  std::uint32_t process_id = 0;
  std::uint32_t concurrency =
      1;  ///< Calls it may hold: the pool's, the worker's own and its max_streams, whichever is least.
  std::uint64_t max_payload = 0;                    ///< The smaller of the broker's and the worker's.
  std::uint64_t refused_above = ~std::uint64_t{0};  ///< By its GOAWAY: frames of higher streams mean nothing.
  std::uint32_t hung_calls = 0;                     ///< Of `calls`, those not ended within cancel_grace.
  std::uint64_t calls_completed = 0;
  std::vector<std::string> lacks_routes;  ///< Of the pool's, what it did not offer at READY.
  TimePoint started{};
  TimePoint ready_at{};

  /// Its author started it, under a debugger perhaps: neither start_timeout nor cancel_grace holds, its end is no
  /// failure and its process is never terminated.
  bool attached = false;
  bool end_expected = false;     ///< Its end is no failure: it was told to stop or said that it will.
  bool told_to_stop = false;     ///< GOAWAY was sent.
  bool terminate_asked = false;  ///< TerminateWorker was given.
  bool failure_recorded = false;

  IntrusiveList<Call, &Call::in_holder> calls;  ///< Each holds a slot; the oldest first.
  /// starting: start_timeout. Told to stop: stop_timeout. One of process and channel ended: worker_death_settle.
  Timer timer;

  ListLink<Worker> in_table;
  ListLink<Worker> in_pool;
  ListLink<Worker> in_load;
};

}  // namespace plugbroker::engine
