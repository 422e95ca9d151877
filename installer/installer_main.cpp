// SPDX-License-Identifier: Apache-2.0
#include <windows.h>

#include <cstdio>
#include <string>

#include "broker_core/win/program_arguments.h"
#include "broker_core/win/program_hardening.h"
#include "installer/installation.h"
#include "service/service_identity.h"

namespace plugbroker::installer {
namespace {

void print(const std::string& text) {
  std::printf("%s\n", text.c_str());
  std::fflush(stdout);
}

Outcome carry_out(const InstallCommand& command) {
  if (command.verb == InstallVerb::help) {
    std::fputs(install_help().c_str(), stdout);
    return {};
  }
  if (command.verb == InstallVerb::version) {
    print("plugbroker-install " + std::string{service::version});
    return {};
  }
  CommandReport report = command.json ? CommandReport{} : CommandReport{print};
  Outcome outcome = run_command(command, report);
  if (command.json) print(report.json(command, outcome.code, outcome.problem));
  return outcome;
}

}  // namespace
}  // namespace plugbroker::installer

int main() {
  using namespace plugbroker;
  using namespace plugbroker::installer;
  win::harden_program();
  const Result<InstallCommand> command = parse_install_command(win::program_arguments());
  const Outcome outcome =
      command.ok() ? carry_out(*command) : Outcome{ExitCode::usage, command.status().message + " (see --help)"};
  if (!outcome.problem.empty()) std::fprintf(stderr, "plugbroker-install: %s\n", outcome.problem.c_str());
  return static_cast<int>(outcome.code);
}
