// SPDX-License-Identifier: Apache-2.0
#include "installer/plan/setup_run.h"

#include <algorithm>

namespace plugbroker::installer {
namespace {

class StepRun {
 public:
  StepRun(const SetupPlan& plan, SetupSystem& system, bool strict, CommandReport& report)
      : plan_(plan), system_(system), strict_(strict), report_(report) {}

  [[nodiscard]] Status operator()(const FolderStep& step) const {
    const Result<std::string> present = system_.folder_sddl(step.path);
    if (!present.ok() && present.status().code == StatusCode::not_found) return make_folder(step);
    if (!present) return present.status();
    const FolderDecision decision = decide_folder(parse_folder_access(*present), step.access, system_.trusted_owners());
    const std::string sddl = sddl_of(decision.access);
    if (decision.unchanged) {
      report_.step(StepResult::unchanged, "folder " + step.path);
      return {};
    }
    if (decision.take_over)
      report_.remark(step.path + " was made by somebody else; it is taken over with what is in it");
    for (const std::string& entry : decision.removed) report_.remark(step.path + ": removed " + entry);
    const std::string title = "folder " + step.path + " with " + sddl;
    if (Status status = system_.secure_folder(step.path, sddl, decision.take_over); !status.ok()) {
      // A link in a folder is somebody's trap; rights that a system does not have are not.
      return status.code == StatusCode::failed_precondition ? status : not_set(title, status.message);
    }
    return verify_folder(step.path, title, decision.access);
  }

  [[nodiscard]] Status operator()(const ConfigStep& step) const {
    const Result<std::string> present = system_.file_sddl(step.path);
    if (!present.ok() && present.status().code == StatusCode::not_found) {
      if (Status status = system_.write_starter_config(step.path); !status.ok()) return status;
      report_.step(StepResult::done,
                   "a first configuration, " + step.path + " (name your workers there before the first start)");
      return {};
    }
    if (!present) return present.status();
    const FolderAccess access = parse_folder_access(*present);
    const std::vector<std::string> trusted = system_.trusted_owners();
    if (std::ranges::find(trusted, access.owner) == trusted.end()) {
      return {StatusCode::failed_precondition,
              "the configuration " + step.path + " belongs to " + access.owner +
                  ", who is no administrator and decides by it what the service runs. If it is yours: icacls \"" +
                  step.path + "\" /setowner *S-1-5-32-544"};
    }
    report_.step(StepResult::unchanged, "configuration " + step.path);
    for (const AccessEntry& entry : access.entries) {
      if (lets_others_write(entry, trusted)) {
        report_.remark("whoever is " + (entry.trustee.empty() ? entry.type : entry.trustee) + " may write " +
                       step.path + " and decides by it what the service runs: leave that to administrators");
      }
    }
    return {};
  }

  [[nodiscard]] Status operator()(const LogonRightStep& step) const {
    const std::string title = step_title(step, plan_);
    const Result<bool> has = system_.has_logon_right(step.account);
    if (has.ok() && *has) {
      report_.step(StepResult::unchanged, title);
      return {};
    }
    if (Status status = system_.grant_logon_right(step.account); !status.ok()) return not_set(title, status.message);
    const Result<bool> now = system_.has_logon_right(step.account);
    if (!now) {
      report_.step(StepResult::not_verified, title, now.status().message);
      return {};
    }
    if (!*now) return not_set(title, "it was granted, and is not there");
    report_.step(StepResult::done, title);
    return {};
  }

  [[nodiscard]] Status operator()(const SettingStep& step) const {
    const Setting setting = step.setting;
    const bool required = setting == Setting::registration;
    const std::string title = setting_title(setting, plan_.settings);
    const std::string wanted = setting_text(setting, plan_.settings);
    ServiceSettings present;
    const bool with_password = required && plan_.new_password;
    if (system_.read(setting, present).ok() && setting_text(setting, present) == wanted && !with_password) {
      report_.step(StepResult::unchanged, title);
      return {};
    }
    if (Status status = system_.set(setting, plan_.settings); !status.ok()) {
      const bool ends_it = required || status.code == StatusCode::permission_denied;
      return ends_it ? status : not_set(title, status.message);
    }
    ServiceSettings now;
    if (const Status status = system_.read(setting, now); !status.ok()) {
      report_.step(StepResult::not_verified, title, status.message);
      return {};
    }
    if (std::string text = setting_text(setting, now); text != wanted) {
      if (required) return {StatusCode::data_loss, "the service reads back as " + text};
      return not_set(title, "it reads back as " + text);
    }
    report_.step(StepResult::done, title);
    return {};
  }

  [[nodiscard]] Status operator()(const EventSourceStep& step) const {
    const std::string title = step_title(step, plan_);
    if (const Result<std::string> present = system_.event_message_file();
        present.ok() && *present == step.message_file) {
      report_.step(StepResult::unchanged, title);
      return {};
    }
    if (Status status = system_.register_event_source(step.message_file); !status.ok()) {
      return status.code == StatusCode::permission_denied ? status : not_set(title, status.message);
    }
    const Result<std::string> now = system_.event_message_file();
    if (!now) {
      report_.step(StepResult::not_verified, title, now.status().message);
      return {};
    }
    if (*now != step.message_file) return not_set(title, "it reads back as " + *now);
    report_.step(StepResult::done, title);
    return {};
  }

 private:
  [[nodiscard]] Status make_folder(const FolderStep& step) const {
    const std::string sddl = sddl_of(step.access);
    const std::string title = "folder " + step.path + " with " + sddl;
    if (Status status = system_.make_folder(step.path, sddl); !status.ok()) return status;
    return verify_folder(step.path, title, step.access);
  }

  [[nodiscard]] Status verify_folder(const std::string& path, const std::string& title,
                                     const FolderAccess& wanted) const {
    const Result<std::string> now = system_.folder_sddl(path);
    if (!now) {
      report_.step(StepResult::not_verified, title, now.status().message);
      return {};
    }
    if (!decide_folder(parse_folder_access(*now), wanted, system_.trusted_owners()).unchanged) {
      return not_set(title, "it reads back as " + *now);
    }
    report_.step(StepResult::done, title);
    return {};
  }

  [[nodiscard]] Status not_set(const std::string& title, const std::string& detail) const {
    report_.step(StepResult::not_set, title, detail);
    if (!strict_) return {};
    return {StatusCode::unimplemented, "--strict: not set: " + title + ": " + detail};
  }

  const SetupPlan& plan_;
  SetupSystem& system_;
  const bool strict_;
  CommandReport& report_;
};

}  // namespace

Status run_setup(const SetupPlan& plan, SetupSystem& system, bool strict, CommandReport& report) {
  const StepRun run{plan, system, strict, report};
  for (const Step& step : plan.steps) {
    if (Status status = std::visit(run, step); !status.ok()) return status;
  }
  return {};
}

}  // namespace plugbroker::installer
