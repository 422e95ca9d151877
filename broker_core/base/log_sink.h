// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace plugbroker {

enum class LogLevel : std::uint8_t { debug = 0, information = 1, warning = 2, error = 3 };

[[nodiscard]] std::string_view to_string(LogLevel level) noexcept;

/// One log line. Empty texts and zero numbers are left out of the line.
///
/// All texts may come from outside and need no escaping here: the sink escapes, so that nobody can forge a line.
struct LogRecord {
  LogLevel level = LogLevel::information;
  std::string event{};    ///< A stable snake_case name, such as "worker_exited".
  std::string message{};  ///< For people.
  std::string pool{};
  std::string route{};
  std::uint64_t worker = 0;
  std::uint64_t session = 0;
  std::uint64_t call = 0;
  std::uint32_t process = 0;  ///< Of who it concerns: a client, or a worker.
  std::string image{};        ///< The path of its program.
  std::string sid{};          ///< Whose it is: a client, once it is known.
};

/// Where log records go. Callable from any thread; never blocks for long; drops and counts when it cannot keep up.
class LogSink {
 public:
  virtual ~LogSink() = default;
  virtual void write(const LogRecord& record) = 0;
};

}  // namespace plugbroker
