// SPDX-License-Identifier: Apache-2.0
#include "service/service_run.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "broker_core/base/duration_text.h"
#include "broker_core/win/awake_clock.h"
#include "service/config_trust.h"
#include "service/engine_setup.h"
#include "service/instance_lock.h"
#include "service/process_hardening.h"
#include "service/running_broker.h"
#include "service/service_identity.h"
#include "service/service_status.h"

namespace plugbroker::service {
namespace {

void print_error(const std::string& text) {
  std::fprintf(stderr, "plugbroker-service: %s\n", text.c_str());
}

ConfigTrust config_trust(const RunOptions& options) {
  return {.service_name = options.service_name, .writers = options.trusted_writers};
}

// Prints what is wrong with it.
config::ConfigOutcome read_config_file(const RunOptions& options) {
  const std::string& path = options.config_path;
  config::ConfigOutcome outcome = load_trusted_config(path, config_trust(options));
  if (!outcome.config) {
    print_error("the configuration " + path + " is not good:");
    for (const std::string& problem : outcome.problems) std::fprintf(stderr, "  %s\n", problem.c_str());
  }
  return outcome;
}

// Under the SCM nobody sees stderr, and the configuration that names the log's folder can't be read, so this goes to
// the default folder. As far as that can be written: another service may be using it.
void log_rejected_config(const RunOptions& options, const std::vector<std::string>& problems) {
  if (options.mode != RunMode::service) return;
  config::LogConfig fallback;
  fallback.max_file_bytes = 1024 * 1024;
  fallback.max_files = 2;
  const Result<std::unique_ptr<LogSink>> log = open_service_log(fallback, options.mode);
  if (!log) return;
  for (const std::string& problem : problems) {
    LogRecord record;
    record.level = LogLevel::error;
    record.event = "config_rejected";
    record.message = "service " + options.service_name + ", " + options.config_path + ": " + problem;
    (*log)->write(record);
  }
}

constexpr DWORD interval_ms =
    static_cast<DWORD>(std::chrono::duration_cast<std::chrono::milliseconds>(progress_interval).count());

/// The run once log and configuration are there.
class ServiceRun {
 public:
  ServiceRun(const RunOptions& options, config::BrokerConfig config, LogSink& log, const RunEvents& events,
             RunObserver& observer)
      : options_(options), config_(std::move(config)), log_(log), events_(events), observer_(observer) {}

  ExitCode run() {
    say(LogLevel::information, "service_starting",
        "version " + std::string{version} + ", service " + options_.service_name + ", process " +
            std::to_string(GetCurrentProcessId()) + ", configuration " + options_.config_path);
    log_trusted_writers(options_.trusted_writers, log_);
    Result<std::vector<std::string>> shortfalls =
        harden_process({.mode = options_.mode, .token_check = config_.token_check, .config_path = options_.config_path},
                       log_);
    if (!shortfalls) return refused(shortfalls.status());
    Result<std::unique_ptr<RunningBroker>> broker = RunningBroker::start({.config = config_,
                                                                          .config_path = options_.config_path,
                                                                          .trust = config_trust(options_),
                                                                          .mode = options_.mode,
                                                                          .attach_pool = options_.attach_pool,
                                                                          .shortfalls = std::move(*shortfalls)},
                                                                         log_);
    if (!broker) return refused(broker.status());
    broker_ = std::move(*broker);
    invite_to_attach();
    wait_until_settled();
    observer_.ready();
    return stop_is_asked_for() ? drain() : broken("the broker's loop ended without being asked to");
  }

  /// Nothing was started, for that reason.
  ExitCode refused(const Status& status) {
    const bool running_already = status.code == StatusCode::already_exists;
    say(LogLevel::error, "service_start_failed", (running_already ? "already running: " : "") + status.message);
    return running_already ? ExitCode::already_running : ExitCode::start_failed;
  }

 private:
  void say(LogLevel level, std::string event, std::string message, std::string pool = {}) {
    LogRecord record;
    record.level = level;
    record.event = std::move(event);
    record.message = std::move(message);
    record.pool = std::move(pool);
    log_.write(record);
  }

  void invite_to_attach() {
    if (options_.attach_pool.empty()) return;
    say(LogLevel::information, "attach_awaited",
        "the pool starts no worker; set PLUGBROKER_ATTACH=" + options_.attach_pool +
            " in the worker's environment and start it",
        options_.attach_pool);
  }

  // False when the loop has ended by itself. Carries out reloads meanwhile.
  bool stop_is_asked_for() {
    const HANDLE events[] = {events_.stop_requested, broker_->ended(), events_.reload_requested};
    const DWORD count = events_.reload_requested == nullptr ? 2 : 3;
    for (;;) {
      const DWORD signalled = WaitForMultipleObjects(count, events, FALSE, INFINITE);
      if (signalled != WAIT_OBJECT_0 + 2) return signalled == WAIT_OBJECT_0;
      broker_->reload("the service control manager");
    }
  }

  // Looks often, so that a fast start is seen at once; reports at the SCM's pace.
  void wait_until_settled() {
    constexpr DWORD look_ms = 20;
    const TimePoint begun = clock_.now();
    const TimePoint deadline = begun + longest_start(config_) + progress_interval;
    TimePoint next_report = begun;
    const HANDLE events[] = {events_.stop_requested, broker_->ended()};
    while (!broker_->start_is_settled()) {
      const TimePoint now = clock_.now();
      if (now >= deadline) {
        say(LogLevel::warning, "service_started_without_workers",
            "not every pool has its minimum of workers after " + duration_text(longest_start(config_)) +
                "; running all the same");
        return;
      }
      if (now >= next_report) {
        observer_.starting();
        next_report = now + progress_interval;
      }
      if (WaitForMultipleObjects(2, events, FALSE, look_ms) != WAIT_TIMEOUT) return;
    }
    say(LogLevel::information, "service_ready",
        "plugins connect to " + config_.pipe + ", administrators to " + config_.admin_pipe);
  }

  ExitCode drain() {
    say(LogLevel::information, "service_stopping",
        "taking no new calls; what runs has " + duration_text(config_.stop_grace));
    observer_.stopping();
    broker_->request_stop();
    const TimePoint deadline = clock_.now() + broker_->longest_stop();
    while (WaitForSingleObject(broker_->ended(), interval_ms) == WAIT_TIMEOUT) {
      observer_.stopping();
      if (clock_.now() >= deadline) {
        // Its threads can't be joined, so it is left to the end of the process.
        static_cast<void>(broker_.release());
        return broken("the stop did not end in time");
      }
    }
    broker_.reset();
    say(LogLevel::information, "service_stopped", "every call has ended, no worker is left");
    return ExitCode::ok;
  }

  ExitCode broken(const std::string& why) {
    say(LogLevel::error, "service_broke_down", why);
    return ExitCode::broke_down;
  }

  const RunOptions& options_;
  config::BrokerConfig config_;
  LogSink& log_;
  const RunEvents events_;
  RunObserver& observer_;
  win::AwakeClock clock_;
  std::unique_ptr<RunningBroker> broker_;
};

}  // namespace

ExitCode run_service(const RunOptions& options, const RunEvents& events, RunObserver& observer) {
  config::ConfigOutcome outcome = read_config_file(options);
  if (!outcome.config) {
    log_rejected_config(options, outcome.problems);
    return ExitCode::bad_config;
  }
  std::optional<config::BrokerConfig>& config = outcome.config;
  if (!options.attach_pool.empty() && !has_pool(*config, options.attach_pool)) {
    print_error("--attach: the configuration has no pool \"" + options.attach_pool + '"');
    return ExitCode::usage;
  }
  // Before the log: two instances with one log folder would be told that the log can't be written, which is not the
  // point.
  const Result<InstanceLock> lock = InstanceLock::acquire(pipe_names(*config, options.attach_pool), options.mode);
  Result<std::unique_ptr<LogSink>> log = open_service_log(config->log, options.mode);
  if (!log) {
    const bool running_already = !lock.ok() && lock.status().code == StatusCode::already_exists;
    print_error(running_already ? "already running: " + lock.status().message : log.status().message);
    return running_already ? ExitCode::already_running : ExitCode::start_failed;
  }
  // Static, because after a stop that did not end in time threads still write to it.
  static std::unique_ptr<LogSink> kept;
  kept = std::move(*log);
  ServiceRun run{options, std::move(*config), *kept, events, observer};
  const ExitCode code = lock.ok() ? run.run() : run.refused(lock.status());
  if (code != ExitCode::broke_down) kept.reset();
  return code;
}

void exit_now(ExitCode code) {
  constexpr DWORD log_writing_ms = 300;  // What the log has queued gets this long.
  Sleep(log_writing_ms);
  TerminateProcess(GetCurrentProcess(), static_cast<UINT>(code));
  std::abort();
}

ExitCode check_config(const RunOptions& options) {
  const std::optional<config::BrokerConfig> config = read_config_file(options).config;
  if (!config) return ExitCode::bad_config;
  std::printf("%s is good: %zu pool%s\n", options.config_path.c_str(), config->pools.size(),
              config->pools.size() == 1 ? "" : "s");
  return ExitCode::ok;
}

}  // namespace plugbroker::service
