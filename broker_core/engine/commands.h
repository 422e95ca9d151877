// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "broker_core/base/log_sink.h"
#include "broker_core/base/status.h"
#include "broker_core/base/strong_id.h"
#include "broker_core/base/time.h"

/// Everything the engine asks for. The runtime carries commands out in order and answers with events.
namespace plugbroker::engine {

/// A pool's place in EngineConfig::pools. Its name keeps it for ever, also when ConfigReplaced takes the pool away; a new
/// name gets the next.
using PoolIndex = std::uint32_t;
/// A route's place among all routes of all pools in the config's order. It keeps it for ever, like a pool its own.
using RouteIndex = std::uint32_t;

/// HELLO of a client was read: find out who it is and answer CallerIdentified.
struct IdentifyCaller {
  ConnectionId connection;
};

/// take_output() has bytes for this connection, which had none, and no write is outstanding.
struct OutputReady {
  ConnectionId connection;
};

/// Write what take_output() still gives, but wait at most limits::linger_after_refusal for it; read and drop what comes
/// until the peer closes, within the same time; then close and answer ConnectionClosed. After it the engine takes no
/// more bytes.
struct CloseConnection {
  ConnectionId connection;
};

/// Start a process of that pool; answer WorkerStarted or WorkerStartFailed, and later WorkerExited.
struct StartWorker {
  WorkerId worker;
  PoolIndex pool = 0;
};

/// A call that a worker held when it had to be killed, or died. Never its payload.
struct EvidenceCall {
  std::string route;
  Duration age{};  ///< Since the worker could have it.
  std::uint64_t request_bytes = 0;
  std::string trace_id;  ///< 32 hexadecimal digits of its traceparent; empty: it had none.
};

/// What the engine knows of a worker that failed. The runtime adds what it knows: the end of stderr, the exit code, a dump.
struct EvidenceCase {
  std::string reason;               ///< A sentence.
  std::vector<EvidenceCall> calls;  ///< The oldest first, at most limits::max_evidence_calls.
  std::uint32_t calls_held = 0;     ///< All of them.
};

/// End the worker's process now; WorkerExited follows. Harmless when it has ended already.
struct TerminateWorker {
  WorkerId worker;
  std::shared_ptr<const EvidenceCase> evidence = nullptr;  ///< To be kept before its process is ended; null: none.
};

/// Keep evidence of a worker whose end by itself was just reported.
struct KeepEvidence {
  WorkerId worker;
  std::shared_ptr<const EvidenceCase> evidence;
};

/// The outcome of OperatorAsked. Ok: it is under way, or done; the snapshot shows it. Else what is wrong with it.
struct OperatorAnswered {
  std::uint64_t request_id = 0;
  Status result;
};

/// Write a line to the log.
struct Log {
  LogRecord record;
};

/// The last command: everything is closed and no worker is left after a StopRequested.
struct Stopped {};

using Command = std::variant<IdentifyCaller, OutputReady, CloseConnection, StartWorker, TerminateWorker, KeepEvidence, OperatorAnswered, Log, Stopped>;

}  // namespace plugbroker::engine
