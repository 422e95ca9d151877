// SPDX-License-Identifier: Apache-2.0
#include "installer/plan/command_script.h"

#include "installer/plan/account.h"
#include "installer/plan/command_line_text.h"

namespace plugbroker::installer {
namespace {

using Lines = std::vector<std::string>;

std::string sc(std::string_view command, std::string_view service_name, const std::string& rest = {}) {
  std::string line = "sc " + std::string{command} + " " + script_word(service_name);
  return rest.empty() ? line : line + " " + rest;
}

// A path for cmd.exe's own commands, which know no escaping by backslashes.
std::string script_path(std::string_view path) {
  std::string text = "\"";
  for (const char c : path) text.append(c == '%' ? std::size_t{2} : std::size_t{1}, c);
  return text + '"';
}

std::string icacls_rights(const AccessEntry& entry) {
  if (entry.rights == "FA") return "F";
  return entry.rights == "0x1200a9" ? "RX" : "M";
}

std::string icacls_trustee(const std::string& trustee) {
  if (trustee == "SY") return "*S-1-5-18";
  return trustee == "BA" ? "*S-1-5-32-544" : "*" + trustee;
}

std::string event_source_key(std::string_view service_name) {
  return script_word("HKLM\\SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\" + std::string{service_name});
}

class StepLines {
 public:
  StepLines(const SetupPlan& plan, Lines& lines) : plan_(plan), lines_(lines) {}

  void operator()(const FolderStep& step) const {
    const std::string path = script_word(step.path);
    lines_.push_back("if not exist " + script_path(step.path + "\\") + " mkdir " + script_path(step.path));
    lines_.push_back("icacls " + path + " /setowner " + script_word(icacls_trustee(step.access.owner)));
    std::string grants = "icacls " + path + " /inheritance:r /grant:r";
    for (const AccessEntry& entry : step.access.entries) {
      grants += " " + script_word(icacls_trustee(entry.trustee) + ":(OI)(CI)" + icacls_rights(entry));
    }
    lines_.push_back(std::move(grants));
  }

  // The starter without its comments: no pool, so the service does not start with it either.
  void operator()(const ConfigStep& step) const {
    const std::string path = script_path(step.path);
    lines_.push_back("if not exist " + path + " echo { \"pools\": {} }>" + path);
  }

  void operator()(const LogonRightStep& step) const {
    lines_.push_back("rem no command for it: give " + script_word(step.account) +
                     " \"Log on as a service\" (secpol.msc, Local Policies, User Rights Assignment)");
  }

  void operator()(const SettingStep& step) const { setting(step.setting); }

  void operator()(const EventSourceStep& step) const {
    const std::string add = "reg add " + event_source_key(plan_.service_name) + " /v ";
    for (const char* value : {"EventMessageFile", "CategoryMessageFile"}) {
      lines_.push_back(add + value + " /t REG_EXPAND_SZ /d " + script_word(step.message_file) + " /f");
    }
    lines_.push_back(add + "CategoryCount /t REG_DWORD /d " + std::to_string(step.categories) + " /f");
    lines_.push_back(add + "TypesSupported /t REG_DWORD /d 7 /f");
  }

 private:
  void setting(Setting setting) const {
    const ServiceSettings& settings = plan_.settings;
    const std::string& name = plan_.service_name;
    switch (setting) {
      case Setting::registration:
        return registration();
      case Setting::delayed_start:
        lines_.push_back(
            sc("config", name, settings.start == StartType::delayed ? "start= delayed-auto" : "start= " + start()));
        return;
      case Setting::description:
        lines_.push_back(sc("description", name, script_word(settings.description)));
        return;
      case Setting::service_sid:
        lines_.push_back(sc("sidtype", name, settings.sid_in_token ? "unrestricted" : "none"));
        return;
      case Setting::privileges:
        lines_.push_back(sc("privs", name, privileges()));
        return;
      case Setting::failure_actions:
        lines_.push_back(sc("failure", name, failure_actions()));
        return;
      case Setting::failure_flag:
        lines_.push_back(sc("failureflag", name, settings.failure_actions_on_error_exit ? "1" : "0"));
        return;
      case Setting::shutdown_time:
        lines_.emplace_back("rem sc can't set this; Windows reads it when it starts");
        lines_.push_back("reg add " + script_word("HKLM\\SYSTEM\\CurrentControlSet\\Services\\" + name) +
                         " /v PreshutdownTimeout /t REG_DWORD /d " + std::to_string(shutdown_ms()) + " /f");
        return;
    }
  }

  void registration() const {
    const ServiceSettings& settings = plan_.settings;
    std::string rest = "binPath= " + script_word(settings.command_line) + " start= " + start() +
                       " DisplayName= " + script_word(settings.display_name) + " obj= " + script_word(settings.account);
    if (plan_.new_password) {
      lines_.emplace_back("rem set PLUGBROKER_PASSWORD to the account's password before");
      rest += " password= \"%PLUGBROKER_PASSWORD%\"";
    }
    lines_.push_back(sc(plan_.registered ? "config" : "create", plan_.service_name, rest));
  }

  // The delay is a line of its own.
  [[nodiscard]] std::string start() const {
    const StartType start = plan_.settings.start;
    return std::string{start_type_name(start == StartType::delayed ? StartType::automatic : start)};
  }

  [[nodiscard]] std::string privileges() const {
    std::string text;
    for (const std::string& name : plan_.settings.privileges) text += (text.empty() ? "" : "/") + name;
    return text;
  }

  [[nodiscard]] std::string failure_actions() const {
    const FailureActions& actions = plan_.settings.failure_actions;
    std::string text;
    for (const std::uint32_t delay : actions.restart_delays_ms) {
      text += (text.empty() ? "restart/" : "/restart/") + std::to_string(delay);
    }
    return "reset= " + std::to_string(actions.reset_seconds) + " actions= " + text;
  }

  [[nodiscard]] long long shutdown_ms() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(plan_.settings.shutdown_time).count();
  }

  const SetupPlan& plan_;
  Lines& lines_;
};

}  // namespace

std::string script_word(std::string_view word) {
  std::string text;
  bool quoted = false;  // As cmd.exe sees it, which knows no backslash.
  for (const char c : quoted_argument(word)) {
    if (c == '"') quoted = !quoted;
    if (c == '%') text += '%';
    if (!quoted && std::string_view{"&|<>^()"}.find(c) != std::string_view::npos) text += '^';
    text += c;
  }
  return text;
}

Lines setup_script(const SetupPlan& plan) {
  Lines lines;
  for (const Step& step : plan.steps) std::visit(StepLines{plan, lines}, step);
  return lines;
}

Lines start_script(std::string_view service_name) {
  return {sc("start", service_name)};
}

Lines stop_script(std::string_view service_name) {
  return {sc("stop", service_name)};
}

Lines status_script(std::string_view service_name) {
  return {sc("queryex", service_name)};
}

Lines uninstall_script(std::string_view service_name, std::string_view purged_folder) {
  Lines lines{sc("stop", service_name), "rem wait until \"sc query\" says STOPPED", sc("delete", service_name),
              "reg delete " + event_source_key(service_name) + " /f"};
  if (!purged_folder.empty()) lines.push_back("rmdir /s /q " + script_path(purged_folder));
  return lines;
}

Lines doctor_script(std::string_view service_name, std::string_view service_program, std::string_view config,
                    std::string_view data_folder) {
  Lines lines;
  for (const char* query : {"queryex", "qc", "qdescription", "qsidtype", "qprivs", "qfailure", "qfailureflag"}) {
    lines.push_back(sc(query, service_name));
  }
  lines.push_back("icacls " + script_word(data_folder));
  lines.push_back("icacls " + script_word(config));
  lines.push_back(script_word(service_program) + " check-config --config " + script_word(config));
  return lines;
}

Lines upgrade_script(std::string_view service_name, std::string_view from, std::string_view installed) {
  return {sc("stop", service_name), "rem wait until \"sc query\" says STOPPED",
          "robocopy " + script_word(from) + " " + script_word(installed) + " /e", sc("start", service_name)};
}

}  // namespace plugbroker::installer
