// SPDX-License-Identifier: Apache-2.0
#include "installer/installation.h"

#include "installer/commands.h"
#include "installer/installer_turn.h"
#include "installer/service_paths.h"

namespace plugbroker::installer {
namespace {

constexpr Duration patience_with_others = std::chrono::minutes{2};

bool changes_the_machine(const InstallCommand& command) {
  switch (command.verb) {
    case InstallVerb::install:
    case InstallVerb::configure:
    case InstallVerb::upgrade:
    case InstallVerb::uninstall:
      return !command.dry_run;
    default:
      return false;
  }
}

Outcome carry_out(const InstallCommand& command, CommandReport& report) {
  switch (command.verb) {
    case InstallVerb::install:
    case InstallVerb::configure:
      return set_up(command, report);
    case InstallVerb::upgrade:
      return upgrade(command, report);
    case InstallVerb::uninstall:
      return uninstall(command, report);
    case InstallVerb::start:
      return start(command, report);
    case InstallVerb::stop:
      return stop(command, report);
    case InstallVerb::restart:
      return restart(command, report);
    case InstallVerb::status:
      return show_status(command, report);
    case InstallVerb::doctor:
      return doctor(command, report);
    case InstallVerb::help:
    case InstallVerb::version:
      break;
  }
  return {ExitCode::usage, "unrecognised command"};
}

}  // namespace

Outcome outcome_of(const Status& status) {
  switch (status.code) {
    case StatusCode::ok:
      return {};
    case StatusCode::not_found:
      return {ExitCode::not_installed, status.message};
    case StatusCode::permission_denied:
      return {ExitCode::access_denied, status.message + "; use an elevated prompt"};
    default:
      return {ExitCode::failed, status.message};
  }
}

Outcome run_command(const InstallCommand& given, CommandReport& report) {
  const InstallCommand command = with_absolute_paths(given);
  if (!changes_the_machine(command)) return carry_out(command, report);
  const Result<InstallerTurn> turn = InstallerTurn::take(InstallerTurn::default_place(), patience_with_others);
  return turn.ok() ? carry_out(command, report) : outcome_of(turn.status());
}

}  // namespace plugbroker::installer
