// SPDX-License-Identifier: Apache-2.0
// install and configure.
#include <windows.h>

#include <optional>

#include "broker_core/config/config_file.h"
#include "broker_core/win/route_access.h"
#include "broker_core/win/utf16.h"
#include "installer/commands.h"
#include "installer/password_input.h"
#include "installer/plan/command_script.h"
#include "installer/plan/setup_run.h"
#include "installer/scm_service_entry.h"
#include "installer/service_paths.h"
#include "installer/shutdown_time.h"
#include "installer/windows_setup.h"

namespace plugbroker::installer {
namespace {

Result<SetupPlan> setup_plan_of(const InstallCommand& command) {
  const Result<SetupFacts> facts = setup_facts(command);
  if (!facts) return facts.status();
  const bool needs_own_program = command.verb == InstallVerb::install || !facts->registered_program_exists;
  if (needs_own_program && facts->own_program.empty()) return own_service_program().status();
  const Result<ServiceSettings> chosen = choose_registration(command, *facts);
  if (!chosen) return chosen.status();
  return make_setup_plan(command, *facts, *chosen, shutdown_time(config_path_of(*chosen, facts->default_config)));
}

Result<std::optional<std::wstring>> account_password(const InstallCommand& command) {
  if (!command.password_from_input) return std::optional<std::wstring>{};
  Result<std::wstring> password = read_password();
  if (!password) return password.status();
  return std::optional<std::wstring>{std::move(*password)};
}

// Whether the service can start, and whether it has to be restarted for what was changed.
void report_state(const InstallCommand& command, const std::string& config, CommandReport& report) {
  const config::ConfigOutcome outcome = config::load_config(config, config::path_exists, win::route_access_problem);
  if (!outcome.config) {
    const std::string first = outcome.problems.empty() ? "it can't be read" : outcome.problems.front();
    report.remark("the service will NOT start with this configuration: " + first +
                  " (all that is wrong: plugbroker-service check-config --config " + config + ")");
  }
  const auto service = ScmServiceEntry::open(win::to_utf16(command.service_name), SERVICE_QUERY_STATUS);
  const auto seen = service.ok() ? service->observe() : Result<ServiceObservation>{service.status()};
  if (seen.ok() && seen->state == SERVICE_RUNNING) {
    report.remark("the service is running: restart it to use what was changed");
  }
}

}  // namespace

Outcome set_up(const InstallCommand& command, CommandReport& report) {
  const Result<SetupPlan> plan = setup_plan_of(command);
  if (!plan) return outcome_of(plan.status());
  if (command.dry_run) {
    for (const std::string& line : setup_script(*plan)) report.script_line(line);
    return {};
  }
  const auto password = account_password(command);
  if (!password) return outcome_of(password.status());
  WindowsSetup system{win::to_utf16(command.service_name), *password};
  if (Status status = run_setup(*plan, system, command.strict, report); !status.ok()) {
    const bool by_strict = command.strict && status.code == StatusCode::unimplemented;
    if (by_strict) return {ExitCode::not_set, status.message};
    // A folder or file that is not there is not a service that is not installed.
    if (status.code == StatusCode::not_found) return {ExitCode::failed, status.message};
    return outcome_of(status);
  }
  for (const Step& step : plan->steps) {
    if (const auto* config = std::get_if<ConfigStep>(&step)) report_state(command, config->path, report);
  }
  return {};
}

}  // namespace plugbroker::installer
