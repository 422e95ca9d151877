// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "broker_core/base/bytes.h"
#include "broker_core/base/status.h"
#include "broker_core/base/strong_id.h"
#include "broker_core/base/time.h"
#include "broker_core/engine/commands.h"
#include "broker_core/engine/engine_config.h"
#include "broker_core/engine/operator_command.h"
#include "broker_core/engine/snapshot.h"

/// Everything the engine is told. All of it is data: the engine never asks the system.
namespace plugbroker::engine {

/// A plugin connected to the public pipe. `process_id` and `image` are for logs only, never for a decision.
struct ClientConnected {
  ConnectionId connection;
  std::uint32_t process_id = 0;
  std::string image{};  ///< The path of the process's program; may be empty.
};

/// Bytes came out of the pipe. The view is valid during handle() only.
struct BytesReceived {
  ConnectionId connection;
  ByteView bytes;
};

/// The answer to IdentifyCaller: who the caller is by the pipe's token, and which routes it may call.
struct CallerIdentified {
  ConnectionId connection;
  Status result;                     ///< Not ok: the session is refused with it.
  std::string sid;                   ///< "S-1-5-…"
  std::string account;               ///< For people; may be empty.
  std::vector<bool> allowed_routes;  ///< By RouteIndex.
  std::optional<std::uint32_t> integrity{};        ///< The mandatory level, such as 0x2000; when it can't be told, none.
  std::optional<std::uint32_t> windows_session{};  ///< The number of its Windows session; likewise.
};

/// The name of a caller's account was found out, which may take a while after CallerIdentified.
struct CallerNamed {
  std::string sid;
  std::string account;
};

/// The bytes of the last take_output() were written, so another write may start.
struct WriteCompleted {
  ConnectionId connection;
};

/// The pipe is gone: closed by the peer, broken, or closed by CloseConnection. The last event of a connection.
struct ConnectionClosed {
  ConnectionId connection;
  std::string reason;  ///< "end of file", "ReadFile: 109 …"; for logs.
};

/// The answer to StartWorker: the process runs (or is about to) and `connection` is its channel.
struct WorkerStarted {
  WorkerId worker;
  ConnectionId connection;
  std::uint32_t process_id = 0;
  std::string image{};  ///< The path of its program, for logs; may be empty.
};

struct WorkerStartFailed {
  WorkerId worker;
  std::string reason;  ///< Names the failing call, its error and the program.
  bool tried = true;   ///< False: it was to be ended before its turn had come.
};

/// The process of a worker has ended. The last event of a worker; its connection closes separately, before or after.
struct WorkerExited {
  WorkerId worker;
  std::uint32_t exit_code = 0;
};

/// A worker that its author started has connected to the channel of the pool that is `attached_only`; there must be
/// such a pool. No process of it is known: it ends with its connection.
struct WorkerAttached {
  ConnectionId connection;
  std::uint32_t process_id = 0;  ///< For people; 0 when it can't be told.
  std::string image{};           ///< The path of its program, for logs; may be empty.
};

/// What the process of a worker holds, found out from time to time.
struct WorkerObserved {
  WorkerId worker;
  std::uint64_t private_bytes = 0;
};

/// Something outside says that a pool's workers are to be replaced: the time of day, or their files.
struct PoolOutdated {
  PoolIndex pool = 0;
  RecycleReason reason = RecycleReason::files_changed;
};

/// The configuration was read again: these are all pools from now on (config_replacement.h). What else the engine was made
/// with stays. Ignored while the broker stops.
struct ConfigReplaced {
  std::vector<PoolConfig> pools;              ///< No two of one name; no more new names than a PoolIndex has room for.
  std::vector<std::string> changed_programs;  ///< Pools whose worker is started in another way from now on.
};

/// An administrator asks; OperatorAnswered with the same `request_id` follows while it is handled.
struct OperatorAsked {
  std::uint64_t request_id = 0;
  OperatorRequest request;
};

/// Take nothing new, finish what runs until `grace` has passed, then end the rest.
struct StopRequested {
  Duration grace{};
};

/// Time has reached next_timer(). Harmless at any other time.
struct TimerExpired {};

using Event = std::variant<ClientConnected, BytesReceived, CallerIdentified, CallerNamed, WriteCompleted, ConnectionClosed,
                           WorkerStarted, WorkerStartFailed, WorkerExited, WorkerAttached, WorkerObserved, PoolOutdated, ConfigReplaced, OperatorAsked, StopRequested, TimerExpired>;

}  // namespace plugbroker::engine
