// SPDX-License-Identifier: Apache-2.0
#include <windows.h>

#include <cstdio>
#include <string>

#include "broker_core/win/program_arguments.h"
#include "broker_core/win/program_hardening.h"
#include "broker_core/win/utf16.h"
#include "service/console_service.h"
#include "service/data_folders.h"
#include "service/scm_service.h"
#include "service/service_command.h"
#include "service/service_identity.h"

namespace plugbroker::service {
namespace {

ExitCode fail(ExitCode code, const std::string& message) {
  std::fprintf(stderr, "plugbroker-service: %s\n", message.c_str());
  return code;
}

ExitCode carry_out(const ServiceCommand& command) {
  RunOptions options{
      .config_path = command.config_path, .service_name = command.service_name, .mode = RunMode::console};
  if (options.config_path.empty()) {
    const Result<std::filesystem::path> path = default_config_path();
    if (!path) return fail(ExitCode::bad_config, path.status().message);
    options.config_path = win::to_utf8(path->native());
  }
  options.attach_pool = command.attach_pool;
  options.trusted_writers = command.trusted_writers;
  switch (command.verb) {
    case ServiceVerb::run:
      options.mode = RunMode::service;
      return run_under_scm(options);
    case ServiceVerb::console:
      return run_in_console(options);
    case ServiceVerb::check_config:
      return check_config(options);
    case ServiceVerb::help:
      std::fputs(service_help().c_str(), stdout);
      return ExitCode::ok;
    case ServiceVerb::version:
      std::printf("plugbroker-service %s\n", std::string{version}.c_str());
      return ExitCode::ok;
  }
  return ExitCode::usage;
}

}  // namespace
}  // namespace plugbroker::service

int main() {
  using namespace plugbroker;
  using namespace plugbroker::service;
  win::harden_program();
  SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
  const Result<ServiceCommand> command = parse_service_command(win::program_arguments());
  const ExitCode code =
      command.ok() ? carry_out(*command) : fail(ExitCode::usage, command.status().message + " (see --help)");
  return static_cast<int>(code);
}
