// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "broker_core/base/log_sink.h"
#include "broker_core/base/time.h"

/// What the configuration file says, checked and with every default filled in. The defaults themselves are in
/// schema_table.cpp and nowhere else, so a struct made by hand is empty.
namespace plugbroker::config {

struct LogConfig {
  std::string folder;                      ///< Empty: the default below %ProgramData%.
  LogLevel level = LogLevel::information;  ///< Lines below it are not written.
  std::uint64_t max_file_bytes = 0;
  std::uint32_t max_files = 0;  ///< The one being written included.

  bool operator==(const LogConfig&) const = default;
};

struct LimitsConfig {
  std::uint64_t max_payload_bytes = 0;  ///< Inclusive; of each message.
  std::uint32_t max_sessions = 0;
  std::uint32_t max_streams_per_session = 0;
  std::uint64_t max_queued_bytes = 0;  ///< Memory of requests and unread replies of all sessions.
  Duration hello_timeout{};

  bool operator==(const LimitsConfig&) const = default;
};

/// What one user (SID) may have of what all share.
struct QuotasConfig {
  std::uint32_t max_sessions = 0;
  std::uint32_t max_calls = 0;         ///< At once, in all sessions.
  std::uint64_t max_queued_bytes = 0;  ///< Memory of requests and unread replies.
  std::uint32_t hello_rate = 0;        ///< Sessions opened in a second, in the long run.
  std::uint32_t hello_burst = 0;       ///< At once.

  bool operator==(const QuotasConfig&) const = default;
};

/// What peers are granted to send ahead (docs/PROTOCOL.md, "Credit").
struct FlowControlConfig {
  std::uint32_t stream_window_bytes = 0;
  std::uint32_t stream_window_max_bytes = 0;  ///< At least stream_window_bytes.
  std::uint32_t connection_window_bytes = 0;
  std::uint64_t window_growth_bytes = 0;  ///< Of all windows of a connection together.

  bool operator==(const FlowControlConfig&) const = default;
};

struct RecycleConfig {
  std::uint64_t after_calls = 0;    ///< 0: never.
  Duration after_age{};             ///< Zero: never.
  std::uint64_t private_bytes = 0;  ///< 0: never.
  std::vector<std::string> at;      ///< Local times of day, "03:30".
  bool on_file_change = false;      ///< Of the program's folder; workers then run from a copy of it.
  Duration file_quiet_period{};     ///< Without a change, before a change counts.

  bool operator==(const RecycleConfig&) const = default;
};

struct BreakerConfig {
  std::uint32_t failures = 0;
  Duration window{};
  Duration probe_after{};
  Duration probe_after_max{};

  bool operator==(const BreakerConfig&) const = default;
};

/// What Windows holds a worker to.
struct ProcessConfig {
  std::string priority;                ///< "idle", "below_normal", "normal", "above_normal", "high".
  std::uint64_t affinity_mask = 0;     ///< Processors; 0: all.
  std::uint64_t max_memory_bytes = 0;  ///< Committed, of the worker and its children together; 0: no limit.
  std::uint32_t max_cpu_percent = 0;   ///< Of all processors together; 0: no limit.
  std::uint32_t max_processes = 0;     ///< The worker and its children; 0: no limit.

  bool operator==(const ProcessConfig&) const = default;
};

/// What is kept of a worker that had to be killed.
enum class DumpKind : std::uint8_t { off, mini, full };

struct EvidenceConfig {
  std::string folder;                ///< Empty: the default below %ProgramData%.
  std::uint32_t max_cases = 0;       ///< The oldest are deleted.
  std::uint64_t max_dump_bytes = 0;  ///< A larger dump is deleted, the rest stays.
  Duration dump_timeout{};           ///< Then the worker is killed without.
};

/// What a pool's workers may do (docs/SECURITY.md).
enum class TokenKind : std::uint8_t { restricted, sandbox, inherit };

/// Whether a worker is started whose token is not what was asked for.
enum class TokenCheck : std::uint8_t { strict, report };

struct PoolConfig {
  std::string name;
  std::vector<std::string> command;  ///< An absolute program, then its arguments, each as the worker shall see it.
  std::string working_directory;     ///< Empty: the folder of the program.
  std::map<std::string, std::string> environment;  ///< Added to the account's own.
  std::vector<std::string> routes;
  std::uint32_t min_workers = 0;
  std::uint32_t max_workers = 0;
  std::uint32_t concurrency = 0;
  std::uint32_t queue_limit = 0;
  Duration start_timeout{};
  Duration stop_timeout{};
  Duration cancel_grace{};
  Duration restart_backoff_min{};
  Duration restart_backoff_max{};
  std::uint32_t spare_workers = 0;
  std::uint32_t max_concurrent_starts = 0;
  std::uint32_t max_surge = 0;
  Duration idle_timeout{};     ///< Zero: never.
  Duration queue_timeout{};    ///< Zero: until the deadline.
  Duration execution_limit{};  ///< Zero: the deadline alone.
  Duration ping_interval{};    ///< Zero: no pings.
  Duration ping_timeout{};
  std::vector<std::string> idempotent_routes;       ///< Of `routes`.
  std::string access;                               ///< SDDL of who may call (access_rules.h).
  std::map<std::string, std::string> route_access;  ///< The same for some of `routes`, in place of `access`.
  bool sticky_sessions = false;
  RecycleConfig recycle;
  BreakerConfig breaker;
  ProcessConfig process;
  DumpKind dump = DumpKind::off;
  TokenKind token = TokenKind::restricted;

  bool operator==(const PoolConfig&) const = default;
};

struct BrokerConfig {
  std::string pipe;        ///< `\\.\pipe\` and a name.
  std::string admin_pipe;  ///< The same; never equal to `pipe`.
  LogConfig log;
  LimitsConfig limits;
  QuotasConfig quotas;
  FlowControlConfig flow_control;
  Duration ready_timeout{};
  Duration stop_grace{};
  Duration shutdown_grace{};
  Duration self_probe_interval{};  ///< Zero: at the start only.
  TokenCheck token_check = TokenCheck::strict;
  EvidenceConfig evidence;
  std::vector<PoolConfig> pools;  ///< At least one, in the file's order.
};

}  // namespace plugbroker::config
