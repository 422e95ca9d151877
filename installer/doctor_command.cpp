// SPDX-License-Identifier: Apache-2.0
#include <windows.h>

#include <algorithm>
#include <array>

#include "broker_core/config/config_file.h"
#include "broker_core/win/path_trust.h"
#include "broker_core/win/route_access.h"
#include "broker_core/win/utf16.h"
#include "installer/admin_status.h"
#include "installer/commands.h"
#include "installer/pipe_probe.h"
#include "installer/plan/command_line_text.h"
#include "installer/plan/command_script.h"
#include "installer/plan/doctor.h"
#include "installer/plan/upgrade.h"
#include "installer/scm_service_entry.h"
#include "installer/scm_settings.h"
#include "installer/service_paths.h"
#include "installer/service_transition.h"
#include "installer/shutdown_time.h"
#include "installer/windows_setup.h"
#include "installer/worker_probe.h"

namespace plugbroker::installer {
namespace {

bool is_there(const std::filesystem::path& path) {
  return GetFileAttributesW(path.c_str()) != INVALID_FILE_ATTRIBUTES;
}

void probe_state(const ScmServiceEntry& service, DoctorFacts& facts) {
  const auto seen = service.observe();
  if (!seen) {
    facts.state = seen.status().message;
    return;
  }
  facts.state = state_text(*seen);
  facts.running = seen->state == SERVICE_RUNNING;
  facts.failed_to_run =
      seen->state == SERVICE_STOPPED && seen->exit_code != 0 && seen->exit_code != ERROR_SERVICE_NEVER_STARTED;
}

void probe_settings(const ScmServiceEntry& service, const SetupPlan& plan, DoctorFacts& facts) {
  for (const Step& step : plan.steps) {
    const auto* one = std::get_if<SettingStep>(&step);
    if (one == nullptr) continue;
    SettingFact fact{.setting = one->setting};
    const Status status = read_setting(service, one->setting, fact.present);
    fact.unreadable = status.message;
    facts.settings.push_back(std::move(fact));
  }
}

void probe_folders(const SetupPlan& plan, WindowsSetup& system, DoctorFacts& facts) {
  facts.trusted_owners = system.trusted_owners();
  for (const Step& step : plan.steps) {
    const auto* one = std::get_if<FolderStep>(&step);
    if (one == nullptr) continue;
    FolderFact fact{.path = one->path, .sddl = {}, .wanted = one->access, .problem = {}};
    const Result<std::string> sddl = system.folder_sddl(one->path);
    if (sddl.ok()) {
      fact.sddl = *sddl;
    } else {
      fact.problem = sddl.status().message;
      fact.not_permitted = sddl.status().code == StatusCode::permission_denied;
    }
    facts.folders.push_back(std::move(fact));
  }
}

/// As the service sees it, but for its account: who runs this is trusted instead.
void probe_config(const ServiceSettings& registered, DoctorFacts& facts) {
  const config::ConfigOutcome outcome =
      config::load_config(facts.config_path, config::path_exists, win::route_access_problem);
  facts.config_problems = outcome.problems;
  const auto trusted = win::trusted_writers(facts.service_name, trusted_writers_of(registered));
  if (!trusted.ok()) return;
  const std::filesystem::path file{win::to_utf16(facts.config_path)};
  facts.config_readable = win::file_security(file).ok();
  if (facts.config_readable) facts.config_weaknesses = weaknesses_of(file, *trusted);
  if (!outcome.config) return;
  for (const config::PoolConfig& pool : outcome.config->pools) facts.workers.push_back(probe_worker(pool, *trusted));
}

void probe_pipes(const InstallCommand& command, DoctorFacts& facts) {
  const PipeNames names = pipe_names(facts.config_path);
  facts.public_pipe.name = names.pipe;
  facts.admin_pipe.name = names.admin_pipe;
  if (!facts.running) return;
  facts.public_pipe = probe_pipe(names.pipe, command.service_name, command.trusted_owner);
  const Result<std::string> document = ask_status(
      {.pipe = names.admin_pipe, .service_name = command.service_name, .trusted_owner = command.trusted_owner});
  facts.admin_pipe.opened = document.ok();
  if (!document.ok()) {
    facts.admin_pipe.problem = document.status().message;
    return;
  }
  if (auto failures = failures_in_status(*document); failures.ok()) facts.failures = std::move(*failures);
}

// The source has the service's name. A value with variables is expanded, and counts as a text then.
void probe_event_source(DoctorFacts& facts) {
  const std::wstring key =
      LR"(SYSTEM\CurrentControlSet\Services\EventLog\Application\)" + win::to_utf16(facts.service_name);
  std::array<wchar_t, 1024> text{};
  DWORD size = sizeof text;
  const LSTATUS status =
      RegGetValueW(HKEY_LOCAL_MACHINE, key.c_str(), L"EventMessageFile", RRF_RT_REG_SZ, nullptr, text.data(), &size);
  facts.event_source_registered = status == ERROR_SUCCESS;
  if (!facts.event_source_registered) return;
  facts.event_message_file = win::to_utf8(text.data());
  facts.event_message_file_exists = is_there(text.data());
}

void probe_upgrade(DoctorFacts& facts) {
  const std::filesystem::path bin =
      std::filesystem::path{win::to_utf16(split_command_line(facts.command_line).program)}.parent_path();
  for (const std::filesystem::path& folder : {bin, bin.parent_path()}) {
    const std::filesystem::path work = folder / win::to_utf16(upgrade_work_folder);
    facts.upgrade_leftovers = facts.upgrade_leftovers || is_there(work);
    facts.interrupted_upgrade = facts.interrupted_upgrade || is_there(work / win::to_utf16(upgrade_journal_file));
  }
}

Result<DoctorFacts> probe(const InstallCommand& command) {
  const Result<SetupFacts> setup = setup_facts(command);
  if (!setup) return setup.status();
  DoctorFacts facts;
  facts.service_name = command.service_name;
  facts.installed = setup->registered.has_value();
  if (!facts.installed) return facts;
  facts.command_line = setup->registered->command_line;
  facts.program_exists = setup->registered_program_exists;
  facts.config_path = config_path_of(*setup->registered, setup->default_config);
  InstallCommand configure{.verb = InstallVerb::configure, .service_name = command.service_name};
  const SetupPlan plan = make_setup_plan(configure, *setup, *setup->registered, shutdown_time(facts.config_path));
  facts.wanted = plan.settings;
  const auto service =
      ScmServiceEntry::open(win::to_utf16(command.service_name), SERVICE_QUERY_CONFIG | SERVICE_QUERY_STATUS);
  if (!service) return service.status();
  probe_state(*service, facts);
  probe_settings(*service, plan, facts);
  WindowsSetup system{win::to_utf16(command.service_name), std::nullopt};
  probe_folders(plan, system, facts);
  probe_config(*setup->registered, facts);
  probe_pipes(command, facts);
  probe_event_source(facts);
  probe_upgrade(facts);
  return facts;
}

Outcome print_doctor_script(const InstallCommand& command, CommandReport& report) {
  const Result<SetupFacts> setup = setup_facts(command);
  if (!setup) return outcome_of(setup.status());
  const std::string config =
      setup->registered ? config_path_of(*setup->registered, setup->default_config) : setup->default_config;
  for (const std::string& line : doctor_script(command.service_name, setup->own_program, config, setup->data_folder)) {
    report.script_line(line);
  }
  return {};
}

}  // namespace

Outcome doctor(const InstallCommand& command, CommandReport& report) {
  if (command.dry_run) return print_doctor_script(command, report);
  const Result<DoctorFacts> facts = probe(command);
  if (!facts) return outcome_of(facts.status());
  bool fails = false;
  for (const Finding& finding : diagnose(*facts)) {
    fails = fails || finding.level == FindingLevel::fail;
    report.finding(finding);
  }
  if (!facts->installed) return {ExitCode::not_installed, ""};
  return {fails ? ExitCode::unhealthy : ExitCode::ok, ""};
}

}  // namespace plugbroker::installer
