// SPDX-License-Identifier: Apache-2.0
#include "installer/plan/upgrade.h"

#include <windows.h>

#include <cstdint>

#include "broker_core/win/lock_file.h"
#include "broker_core/win/utf16.h"
#include "installer/commands.h"
#include "installer/event_source.h"
#include "installer/plan/command_line_text.h"
#include "installer/plan/command_script.h"
#include "installer/service_paths.h"
#include "installer/windows_upgrade.h"
#include "service/service_identity.h"

namespace plugbroker::installer {
namespace {

constexpr std::wstring_view lock_name = L".plugbroker-upgrade.lock";

struct UpgradePlan {
  UpgradeFolders folders;
  UpgradedService service;
};

std::string text_of(const std::filesystem::path& path) {
  return win::to_utf8(path.native());
}

bool has_file(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::is_regular_file(path, error);
}

// By the clock, in units of 100 ns.
std::string new_stamp() {
  FILETIME now{};
  GetSystemTimeAsFileTime(&now);
  return std::to_string((std::uint64_t{now.dwHighDateTime} << 32) | now.dwLowDateTime);
}

// A version is a folder with bin\, or what is in bin\ alone; the installed one has to be laid out the same.
Result<UpgradePlan> upgrade_plan_of(const InstallCommand& command) {
  const Result<SetupFacts> facts = setup_facts(command);
  if (!facts) return facts.status();
  if (!facts->registered) return {StatusCode::not_found, "the service " + command.service_name + " is not installed"};
  const std::filesystem::path program{win::to_utf16(split_command_line(facts->registered->command_line).program)};
  const bool in_bin = program.parent_path().filename() == L"bin";
  const std::filesystem::path in_version =
      in_bin ? std::filesystem::path{L"bin"} / program.filename() : program.filename();
  const std::filesystem::path installed = in_bin ? program.parent_path().parent_path() : program.parent_path();
  const std::filesystem::path from{win::to_utf16(command.from)};
  if (!command.from.empty() && !has_file(from / in_version)) {
    return {StatusCode::invalid_argument,
            "there is no " + text_of(in_version) + " in " + text_of(from) +
                ": --from names the folder of a version, laid out as the installed one in " + text_of(installed)};
  }
  const std::string config = config_path_of(*facts->registered, facts->default_config);
  return UpgradePlan{.folders = {.from = command.from, .installed = text_of(installed), .stamp = new_stamp()},
                     .service = {.name = win::to_utf16(command.service_name),
                                 .program = program,
                                 .in_version = in_version,
                                 .config_path = config,
                                 .admin_pipe = {.pipe = pipe_names(config).admin_pipe,
                                                .service_name = command.service_name,
                                                .trusted_owner = command.trusted_owner},
                                 .ready_timeout = command.ready_timeout}};
}

// A version before this one may have had no message file, and so no source. Without it the service runs as well.
void name_event_source(const UpgradedService& service, CommandReport& report) {
  const std::filesystem::path file = event_message_file(service.program.parent_path());
  const Result<std::wstring> registered = registered_message_file(service.name);
  if (!has_file(file) || (registered.ok() && *registered == file.native())) return;
  const std::string title = "the source of the service's events with " + text_of(file);
  const Status status = register_event_source(service.name, file);
  report.step(status.ok() ? StepResult::done : StepResult::not_set, title, status.message);
}

}  // namespace

Outcome upgrade(const InstallCommand& command, CommandReport& report) {
  const Result<UpgradePlan> plan = upgrade_plan_of(command);
  if (!plan) return outcome_of(plan.status());
  if (command.dry_run) {
    if (command.from.empty()) report.script_line("rem no command for it: puts right what an interrupted upgrade left");
    for (const std::string& line : command.from.empty()
                                       ? std::vector<std::string>{}
                                       : upgrade_script(command.service_name, command.from, plan->folders.installed)) {
      report.script_line(line);
    }
    return {};
  }
  const auto lock =
      win::LockFile::acquire((std::filesystem::path{win::to_utf16(plan->folders.installed)} / lock_name).native());
  if (!lock.ok() && lock.status().code == StatusCode::already_exists) {
    return {ExitCode::failed, "another upgrade of " + plan->folders.installed + " is under way"};
  }
  if (!lock) return outcome_of(lock.status());
  WindowsUpgrade system{plan->service, report};
  const UpgradeOutcome outcome = run_upgrade(plan->folders, system, report);
  if (outcome.code == ExitCode::ok) name_event_source(plan->service, report);
  return {outcome.code, outcome.problem};
}

}  // namespace plugbroker::installer
