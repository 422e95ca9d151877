// SPDX-License-Identifier: Apache-2.0
#include "service/service_run.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "broker_core/base/duration_text.h"
#include "broker_core/config/stop_time.h"
#include "broker_core/win/awake_clock.h"
#include "service/config_trust.h"
#include "service/engine_setup.h"
#include "service/instance_lock.h"
#include "service/process_hardening.h"
#include "service/running_broker.h"
#include "service/service_identity.h"
#include "service/service_life.h"

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

LogRecord record_of(LogLevel level, std::string event, std::string message, std::string pool = {}) {
  LogRecord record;
  record.level = level;
  record.event = std::move(event);
  record.message = std::move(message);
  record.pool = std::move(pool);
  return record;
}

void tell_event_log(const RunOptions& options, const LogRecord& record) {
  if (options.event_log != nullptr) options.event_log->write(record);
}

// Under the SCM nobody sees stderr, and the configuration that names the log's folder can't be read, so this goes to
// the default folder. As far as that can be written: another service may be using it.
void log_rejected_config(const RunOptions& options, const std::vector<std::string>& problems) {
  if (options.mode != RunMode::service) return;
  config::LogConfig fallback;
  fallback.max_file_bytes = 1024 * 1024;
  fallback.max_files = 2;
  const Result<std::unique_ptr<LogSink>> log = open_service_log(fallback, options.mode);
  for (const std::string& problem : problems) {
    const LogRecord record = record_of(LogLevel::error, "config_rejected",
                                       "service " + options.service_name + ", " + options.config_path + ": " + problem);
    if (log) (*log)->write(record);
    tell_event_log(options, record);
  }
}

// Nothing was started, for that reason.
ExitCode refused(LogSink& log, const Status& status) {
  const bool running_already = status.code == StatusCode::already_exists;
  log.write(record_of(LogLevel::error, "service_start_failed",
                      (running_already ? "already running: " : "") + status.message));
  return running_already ? ExitCode::already_running : ExitCode::start_failed;
}

/// The log, and what the Windows event log is told of it.
class RunLog : public LogSink {
 public:
  RunLog(std::unique_ptr<LogSink> log, LogSink* event_log) : log_(std::move(log)), event_log_(event_log) {}
  void write(const LogRecord& record) override {
    log_->write(record);
    if (event_log_ != nullptr) event_log_->write(record);
  }

 private:
  std::unique_ptr<LogSink> log_;
  LogSink* event_log_;
};

class RunSignals : public LifeSignals {
 public:
  RunSignals(const RunEvents& events, HANDLE ended) : events_(events), ended_(ended) {}

  [[nodiscard]] Signal wait(Wanted wanted, Duration at_most) override {
    // A stop goes before a reload, when both are there.
    const HANDLE handles[] = {ended_, events_.stop_requested, events_.reload_requested};
    const bool with_reload = wanted == Wanted::any && events_.reload_requested != nullptr;
    const DWORD count = wanted == Wanted::end ? 1 : with_reload ? 3 : 2;
    const DWORD wait = win::wait_milliseconds(TimePoint{}, TimePoint{at_most});
    switch (WaitForMultipleObjects(count, handles, FALSE, wait)) {
      case WAIT_OBJECT_0:
        return Signal::end;
      case WAIT_OBJECT_0 + 1:
        return Signal::stop;
      case WAIT_OBJECT_0 + 2:
        return Signal::reload;
      default:
        return Signal::none;
    }
  }

  [[nodiscard]] bool system_shuts_down() const override {
    return events_.system_shuts_down != nullptr && WaitForSingleObject(events_.system_shuts_down, 0) == WAIT_OBJECT_0;
  }

 private:
  const RunEvents events_;
  const HANDLE ended_;
};

void invite_to_attach(const std::string& pool, LogSink& log) {
  if (pool.empty()) return;
  log.write(record_of(
      LogLevel::information, "attach_awaited",
      "the pool starts no worker; set PLUGBROKER_ATTACH=" + pool + " in the worker's environment and start it", pool));
}

// An installation with sc leaves the system's default, which is short.
void check_shutdown_time(const RunOptions& options, const config::BrokerConfig& config, LogSink& log) {
  const Duration needed = config::longest_stop(config, config.shutdown_grace);
  if (!options.system_waits || *options.system_waits >= needed) return;
  log.write(record_of(LogLevel::warning, "shutdown_time_short",
                      "at a shutdown the system waits " + duration_text(*options.system_waits) +
                          " for this service, which may need " + duration_text(needed) +
                          ": plugbroker-install install sets that"));
}

ExitCode run_broker(const RunOptions& options, const config::BrokerConfig& config, const RunEvents& events,
                    RunObserver& observer, LogSink& log) {
  log.write(record_of(LogLevel::information, "service_starting",
                      "version " + std::string{version} + ", service " + options.service_name + ", process " +
                          std::to_string(GetCurrentProcessId()) + ", configuration " + options.config_path));
  check_shutdown_time(options, config, log);
  log_trusted_writers(options.trusted_writers, log);
  observer.starting();
  Result<std::vector<std::string>> shortfalls = harden_process(
      {.mode = options.mode, .token_check = config.token_check, .config_path = options.config_path}, log);
  if (!shortfalls) return refused(log, shortfalls.status());
  Result<std::unique_ptr<RunningBroker>> broker = RunningBroker::start({.config = config,
                                                                        .config_path = options.config_path,
                                                                        .trust = config_trust(options),
                                                                        .mode = options.mode,
                                                                        .attach_pool = options.attach_pool,
                                                                        .shortfalls = std::move(*shortfalls),
                                                                        .stop_requested = events.stop_requested},
                                                                       log);
  if (!broker) return refused(log, broker.status());
  invite_to_attach(options.attach_pool, log);
  RunSignals signals{events, (*broker)->ended()};
  win::AwakeClock clock;
  ServiceLife life{{.pipe = config.pipe,
                    .admin_pipe = config.admin_pipe,
                    .ready_timeout = config.ready_timeout,
                    .stop_grace = config.stop_grace,
                    .shutdown_grace = config::shutdown_grace(config, options.system_waits),
                    .self_probe_interval = config.self_probe_interval},
                   {.broker = **broker, .signals = signals, .observer = observer, .log = log, .clock = clock}};
  const ExitCode code = life.live();
  // Its threads can't be joined when it has not ended, so it is left to the end of the process.
  if (code == ExitCode::broke_down) static_cast<void>(broker->release());
  return code;
}

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
  observer.starting();
  // Before the log: two instances with one log folder would be told that the log can't be written, which is not the
  // point.
  const Result<InstanceLock> lock = InstanceLock::acquire(pipe_names(*config, options.attach_pool), options.mode);
  Result<std::unique_ptr<LogSink>> log = open_service_log(config->log, options.mode);
  if (!log) {
    const bool running_already = !lock.ok() && lock.status().code == StatusCode::already_exists;
    const std::string why = running_already ? "already running: " + lock.status().message : log.status().message;
    print_error(why);
    tell_event_log(options, record_of(LogLevel::error, "service_start_failed", why));
    return running_already ? ExitCode::already_running : ExitCode::start_failed;
  }
  // Static, because after a stop that did not end in time threads still write to it.
  static std::unique_ptr<LogSink> kept;
  kept = std::make_unique<RunLog>(std::move(*log), options.event_log);
  const ExitCode code =
      lock.ok() ? run_broker(options, *config, events, observer, *kept) : refused(*kept, lock.status());
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
