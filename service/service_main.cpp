// SPDX-License-Identifier: Apache-2.0
#include <windows.h>

#include <cstdio>
#include <string>
#include <vector>

#include "broker_core/win/awake_clock.h"
#include "broker_core/win/program_arguments.h"
#include "broker_core/win/program_hardening.h"
#include "broker_core/win/utf16.h"
#include "service/console_service.h"
#include "service/crash_report.h"
#include "service/data_folders.h"
#include "service/event_log.h"
#include "service/scm_service.h"
#include "service/service_command.h"
#include "service/service_identity.h"
#include "service/shutdown_wait.h"

namespace plugbroker::service {
namespace {

ExitCode fail(ExitCode code, const std::string& message) {
  std::fprintf(stderr, "plugbroker-service: %s\n", message.c_str());
  return code;
}

Result<RunOptions> run_options(const ServiceCommand& command, RunMode mode) {
  RunOptions options{.config_path = command.config_path, .service_name = command.service_name, .mode = mode};
  options.attach_pool = command.attach_pool;
  options.trusted_writers = command.trusted_writers;
  if (options.config_path.empty()) {
    const Result<std::filesystem::path> path = default_config_path();
    if (!path) return path.status();
    options.config_path = win::to_utf8(path->native());
  }
  return options;
}

// Sessions of users begin and end, and none of that is ours: without this, Windows ends a service's process when its
// console hears of one. The shutdown of the system comes from the SCM.
BOOL WINAPI ignore_console_event(DWORD) {
  return TRUE;
}

/// Everything that can go wrong from here on is told to the SCM and to the event log: nobody reads stderr.
ExitCode serve(const Result<ServiceCommand>& command) {
  // Destroyed by the end of the process only: threads that are left behind write to it.
  static const win::AwakeClock clock;
  const std::string name = command.ok() ? command->service_name : win::to_utf8(default_service_name);
  static EventLog& event_log = *new EventLog{name, open_windows_event_log(name), clock};
  SetConsoleCtrlHandler(&ignore_console_event, TRUE);
  const auto refuse = [](ExitCode code, const std::string& why) {
    LogRecord record;
    record.level = LogLevel::error;
    record.event = "service_start_failed";
    record.message = why;
    event_log.write_last(record);
    return fail(code, why);
  };
  // For who typed it: without the SCM the rest is not reached.
  if (!command.ok()) fail(ExitCode::usage, command.status().message);
  return run_under_scm([&](const RunEvents& events, RunObserver& observer) {
    const CrashReport crashes{event_log};
    if (!command.ok()) return refuse(ExitCode::usage, command.status().message);
    Result<RunOptions> options = run_options(*command, RunMode::service);
    if (!options) return refuse(ExitCode::bad_config, options.status().message);
    options->system_waits = system_shutdown_wait(command->service_name);
    options->event_log = &event_log;
    const ExitCode code = run_service(*options, events, observer);
    event_log.flush();
    return code;
  });
}

ExitCode carry_out(const ServiceCommand& command) {
  const Result<RunOptions> options = run_options(command, RunMode::console);
  if (!options) return fail(ExitCode::bad_config, options.status().message);
  switch (command.verb) {
    case ServiceVerb::run:
      break;  // serve() has it.
    case ServiceVerb::console:
      return run_in_console(*options);
    case ServiceVerb::check_config:
      return check_config(*options);
    case ServiceVerb::help:
      std::fputs(service_help().c_str(), stdout);
      return ExitCode::ok;
    case ServiceVerb::version:
      std::printf("plugbroker-service %s\n", std::string{version}.c_str());
      return ExitCode::ok;
  }
  return ExitCode::usage;
}

// Also when the rest of the command line makes no sense: it is the SCM that has to be told.
bool is_for_the_scm(const std::vector<std::string>& arguments) {
  return !arguments.empty() && arguments.front() == "run";
}

}  // namespace
}  // namespace plugbroker::service

int main() {
  using namespace plugbroker;
  using namespace plugbroker::service;
  win::harden_program();
  SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
  const std::vector<std::string> arguments = win::program_arguments();
  const Result<ServiceCommand> command = parse_service_command(arguments);
  const bool serves = command.ok() ? command->verb == ServiceVerb::run : is_for_the_scm(arguments);
  const ExitCode code = serves         ? serve(command)
                        : command.ok() ? carry_out(*command)
                                       : fail(ExitCode::usage, command.status().message + " (see --help)");
  return static_cast<int>(code);
}
