// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/integration/harness/caller_progress.h"
#include "tests/integration/harness/child_process.h"
#include "tests/integration/harness/installed_service.h"

namespace plugbroker::harness {

/// How one call ended, as the client library told the process that made it.
struct CallReport {
  std::string payload_name;  ///< Which call: the request's text, for calls of a burst.
  std::string status;        ///< "ok", "not_found", ….
  std::string retry;         ///< "never", "safe", "after_backoff".
  std::string origin;        ///< "client", "broker", "worker".
  bool worker_received = false;
  std::chrono::microseconds retry_after{};  ///< The service's hint; zero for none.
  std::string message;
  std::string reply;  ///< Of a single call only.
};

/// For GoogleTest's messages.
void PrintTo(const CallReport& report, std::ostream* out);

/// Makes one call in a process of its own, with the staged client library.
class SingleCall {
 public:
  SingleCall(const InstalledService& service, const std::string& route, std::string_view request,
             std::chrono::milliseconds deadline = std::chrono::seconds{30});

  /// Waits for the process and reads what it reports.
  [[nodiscard]] CallReport report();
  /// Ends the process in the middle of its call, as a crash of the host application would.
  void kill() { process_->kill(); }

 private:
  std::filesystem::path base_;
  std::unique_ptr<ChildProcess> process_;
};

[[nodiscard]] CallReport call(const InstalledService& service, const std::string& route, std::string_view request,
                              std::chrono::milliseconds deadline = std::chrono::seconds{30});

/// A process that makes call after call until it is stopped, checks every reply, and reports every outcome.
class BackgroundCaller {
 public:
  explicit BackgroundCaller(const InstalledService& service, const std::string& route = "echo");
  ~BackgroundCaller();

  [[nodiscard]] std::uint64_t finished() const { return progress_->finished.load(); }
  /// False when it ended by itself, which stop() then explains.
  [[nodiscard]] bool running() const { return process_->running(); }
  /// Waits until it has finished that many calls in all.
  void wait_for_finished(std::uint64_t calls) const;

  /// Ends it and returns every outcome.
  [[nodiscard]] std::vector<CallReport> stop();

 private:
  std::filesystem::path report_;
  SharedCallerProgress progress_;
  std::unique_ptr<ChildProcess> process_;
};

/// A process that makes `calls` calls, `at_once` of them in flight, with the texts "<name>-0", "<name>-1", ….
class BurstCaller {
 public:
  BurstCaller(const InstalledService& service, const std::string& route, const std::string& name, unsigned calls,
              unsigned at_once);

  [[nodiscard]] std::uint64_t finished() const { return progress_->finished.load(); }
  /// Waits for its end and returns every outcome.
  [[nodiscard]] std::vector<CallReport> reports();

 private:
  std::filesystem::path report_;
  SharedCallerProgress progress_;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace plugbroker::harness
