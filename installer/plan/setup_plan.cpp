// SPDX-License-Identifier: Apache-2.0
#include "installer/plan/setup_plan.h"

#include <algorithm>
#include <utility>

#include "installer/plan/account.h"
#include "installer/plan/command_line_text.h"

namespace plugbroker::installer {
namespace {

// As in broker_core/win/folder_rights.h, which is Windows only; a test of that layer holds them equal.
constexpr std::string_view read_rights = "0x1200a9";
constexpr std::string_view modify_rights = "0x1301bf";
constexpr std::string_view written_folders[] = {"logs", "run", "evidence", "shadow", "sandbox"};

std::string_view file_name(std::string_view path) {
  const std::size_t slash = path.find_last_of("\\/");
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string beside(const std::string& program, const std::string& name) {
  return program.substr(0, program.size() - file_name(program).size()) + name;
}

bool same_file_name(std::string_view one, std::string_view other) {
  // Names of programs are ASCII.
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(file_name(one), file_name(other), {}, lower, lower);
}

std::string chosen_program(const InstallCommand& command, const SetupFacts& facts) {
  if (command.verb != InstallVerb::configure || !facts.registered) return facts.own_program;
  std::string program = split_command_line(facts.registered->command_line).program;
  return facts.registered_program_exists && same_file_name(program, facts.own_program) ? program : facts.own_program;
}

std::string chosen_config(const InstallCommand& command, const SetupFacts& facts) {
  if (!command.config_path.empty()) return command.config_path;
  return facts.registered ? config_path_of(*facts.registered, facts.default_config) : facts.default_config;
}

std::vector<std::string> chosen_writers(const InstallCommand& command, const SetupFacts& facts) {
  if (!command.trusted_writers.empty() || !facts.registered) return command.trusted_writers;
  return trusted_writers_of(*facts.registered);
}

Status check_password(const InstallCommand& command, const SetupFacts& facts, const std::string& account) {
  if (account_kind(account) != AccountKind::user || command.password_from_input) return {};
  if (facts.registered && same_account(facts.registered->account, account)) return {};
  return {StatusCode::failed_precondition,
          "the account " + account + " has a password: add --password-stdin and give it on standard input"};
}

}  // namespace

std::string config_path_of(const ServiceSettings& settings, const std::string& default_config) {
  const std::vector<std::string> paths = option_values(split_command_line(settings.command_line).arguments, "--config");
  return paths.empty() || paths.front().empty() ? default_config : paths.front();
}

std::vector<std::string> trusted_writers_of(const ServiceSettings& settings) {
  return option_values(split_command_line(settings.command_line).arguments, "--trust-writer");
}

Result<ServiceSettings> choose_registration(const InstallCommand& command, const SetupFacts& facts) {
  if (command.verb == InstallVerb::configure && !facts.registered) {
    return {StatusCode::not_found, "the service " + command.service_name + " is not installed"};
  }
  ServiceSettings chosen;
  if (facts.registered) {
    chosen = *facts.registered;
  } else {
    chosen.account = "NT SERVICE\\" + command.service_name;
  }
  if (!command.display_name.empty()) chosen.display_name = command.display_name;
  // Under Wine `sc create` gives none, and no two services may have the same.
  if (chosen.display_name.empty()) chosen.display_name = command.service_name;
  if (!command.account.empty() && !same_account(chosen.account, command.account)) chosen.account = command.account;
  if (!command.start.empty()) chosen.start = start_type_of(command.start);
  if (Status status = check_password(command, facts, chosen.account); !status.ok()) return status;
  chosen.command_line = service_command_line(chosen_program(command, facts), chosen_config(command, facts),
                                             command.service_name, facts.default_service_name);
  for (const std::string& sid : chosen_writers(command, facts)) chosen.command_line += " --trust-writer " + sid;
  if (Status status = check_no_variable(chosen.command_line); !status.ok()) return status;
  return chosen;
}

SetupPlan make_setup_plan(const InstallCommand& command, const SetupFacts& facts, const ServiceSettings& chosen,
                          Duration shutdown_time) {
  SetupPlan plan{.service_name = command.service_name,
                 .registered = facts.registered.has_value(),
                 .new_password = command.password_from_input,
                 .settings = chosen,
                 .steps = {}};
  plan.settings.description = facts.description;
  plan.settings.sid_in_token = true;
  plan.settings.privileges.assign(required_privileges.begin(), required_privileges.end());
  plan.settings.failure_actions = {.reset_seconds = failure_reset_seconds,
                                   .restart_delays_ms = {restart_delays_ms.begin(), restart_delays_ms.end()}};
  plan.settings.failure_actions_on_error_exit = true;
  plan.settings.shutdown_time = shutdown_time;

  plan.steps.emplace_back(FolderStep{facts.data_folder, folder_access(facts.service_sid, read_rights)});
  for (const std::string_view name : written_folders) {
    plan.steps.emplace_back(
        FolderStep{facts.data_folder + "\\" + std::string{name}, folder_access(facts.service_sid, modify_rights)});
  }
  plan.steps.emplace_back(ConfigStep{config_path_of(chosen, facts.default_config)});
  if (needs_logon_right(chosen.account)) plan.steps.emplace_back(LogonRightStep{chosen.account});
  const bool was_delayed = facts.registered && facts.registered->start == StartType::delayed;
  for (const Setting setting : all_settings) {
    // Not every system knows a delayed start; where nothing is to change about it, that is no matter.
    if (setting == Setting::delayed_start && chosen.start != StartType::delayed && !was_delayed) continue;
    plan.steps.emplace_back(SettingStep{setting});
  }
  const std::string program = split_command_line(chosen.command_line).program;
  plan.steps.emplace_back(
      EventSourceStep{.message_file = beside(program, facts.event_message_file), .categories = facts.event_categories});
  return plan;
}

std::string step_title(const Step& step, const SetupPlan& plan) {
  struct Title {
    const SetupPlan& plan;
    std::string operator()(const FolderStep& one) const {
      return "folder " + one.path + " with " + sddl_of(one.access);
    }
    std::string operator()(const ConfigStep& one) const { return "configuration " + one.path; }
    std::string operator()(const LogonRightStep& one) const {
      return "the right to log on as a service for " + one.account;
    }
    std::string operator()(const SettingStep& one) const { return setting_title(one.setting, plan.settings); }
    std::string operator()(const EventSourceStep& one) const {
      return "the source of the service's events with " + one.message_file;
    }
  };
  return std::visit(Title{plan}, step);
}

}  // namespace plugbroker::installer
