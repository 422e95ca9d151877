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
};

struct LimitsConfig {
  std::uint64_t max_payload_bytes = 0;  ///< Inclusive; of each message.
  std::uint32_t max_sessions = 0;
  std::uint32_t max_streams_per_session = 0;
  Duration hello_timeout{};
};

/// What peers are granted to send ahead (docs/PROTOCOL.md, "Credit").
struct FlowControlConfig {
  std::uint32_t stream_window_bytes = 0;
  std::uint32_t stream_window_max_bytes = 0;  ///< At least stream_window_bytes.
  std::uint32_t connection_window_bytes = 0;
  std::uint64_t window_growth_bytes = 0;  ///< Of all windows of a connection together.
};

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
};

struct BrokerConfig {
  std::string pipe;        ///< `\\.\pipe\` and a name.
  std::string admin_pipe;  ///< The same; never equal to `pipe`.
  LogConfig log;
  LimitsConfig limits;
  FlowControlConfig flow_control;
  Duration stop_grace{};
  std::vector<PoolConfig> pools;  ///< At least one, in the file's order.
};

}  // namespace plugbroker::config
