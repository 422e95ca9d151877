// SPDX-License-Identifier: Apache-2.0
#include "installer/plan/upgrade.h"

#include <algorithm>
#include <ranges>
#include <utility>

#include "installer/plan/upgrade_journal.h"

namespace plugbroker::installer {
namespace {

constexpr int most_old_folders = 1000;

class Upgrade {
 public:
  Upgrade(const UpgradeFolders& folders, UpgradeSystem& system, CommandReport& report)
      : folders_(folders), system_(system), report_(report) {}

  [[nodiscard]] UpgradeOutcome run() {
    if (Status status = recover(); !status.ok()) return {ExitCode::not_restored, status.message};
    if (folders_.from.empty()) {
      sweep_upgrade_leftovers(folders_, system_);
      return {};
    }
    if (Status status = stage(); !status.ok()) return give_up_staged(status);
    if (journal_.files.empty()) {
      report_.remark("every file is that of the new version already");
      sweep_upgrade_leftovers(folders_, system_);
      return {};
    }
    if (Status status = save(); !status.ok()) return give_up_staged(status);
    if (Status status = replace_and_start(); !status.ok()) return go_back(status);
    journal_.phase = UpgradePhase::committed;
    if (Status status = save(); !status.ok()) return go_back(status);
    report_.step(StepResult::done, "the new version is in place", journal_.service_ran ? "and serves" : "");
    put_away();
    return {};
  }

 private:
  [[nodiscard]] std::string installed(const std::string& path) const { return folders_.installed + "\\" + path; }
  [[nodiscard]] std::string staged(const std::string& path) const { return folders_.work() + "\\new\\" + path; }
  [[nodiscard]] std::string old(const std::string& path) const {
    return folders_.work() + "\\" + journal_.old_folder + "\\" + path;
  }
  // Where a rollback puts what it takes out: it may be in use as well.
  [[nodiscard]] std::string dropped(const std::string& path) const {
    return folders_.work() + "\\" + journal_.old_folder + "-dropped\\" + path;
  }
  [[nodiscard]] Status save() { return system_.write_file(folders_.journal(), journal_text(journal_)); }

  [[nodiscard]] Status recover() {
    if (!system_.exists(folders_.journal())) return {};
    const Result<std::string> text = system_.read_file(folders_.journal());
    if (!text) return text.status();
    Result<UpgradeJournal> journal = parse_journal(*text);
    if (!journal) return journal.status();
    journal_ = std::move(*journal);
    if (journal_.phase == UpgradePhase::committed) {
      report_.remark("an earlier upgrade had served; what it left is put away");
      put_away();
      journal_ = {};
      return {};
    }
    report_.remark("an earlier upgrade was interrupted; the old version is put back");
    Status status = restore();
    journal_ = {};
    return status;
  }

  // Everything that can be done while the old version serves.
  [[nodiscard]] Status stage() {
    if (!sweep_upgrade_leftovers(folders_, system_))
      report_.remark("some files of an earlier version are still in use");
    Result<std::vector<std::string>> files = system_.files_below(folders_.from);
    if (!files) return files.status();
    // Where the new version is itself an installation that was upgraded.
    std::erase_if(*files, [](const std::string& file) { return file.starts_with(upgrade_work_folder); });
    if (files->empty()) return {StatusCode::invalid_argument, "there is no file in " + folders_.from};
    for (const std::string& file : *files) {
      if (Status status = system_.copy(folders_.from + "\\" + file, staged(file)); !status.ok()) return status;
    }
    if (Status status = system_.check_new_version(folders_.work() + "\\new"); !status.ok()) return status;
    for (const std::string& file : *files) {
      const bool was_there = system_.exists(installed(file));
      if (was_there && system_.same_content(installed(file), staged(file))) continue;
      journal_.files.push_back({.path = file, .was_there = was_there});
    }
    const Result<bool> runs = system_.service_runs();
    if (!runs) return runs.status();
    journal_.service_ran = *runs;
    if (*runs) system_.note_service();
    return choose_old_folder();
  }

  // A new one each time: what is still in use may be in those of earlier upgrades, and Windows may have been told to
  // remove it by its name when it starts next.
  [[nodiscard]] Status choose_old_folder() {
    for (int number = 1; number <= most_old_folders; ++number) {
      journal_.old_folder = "old-" + folders_.stamp + (number == 1 ? "" : "-" + std::to_string(number));
      const std::string folder = folders_.work() + "\\" + journal_.old_folder;
      if (!system_.exists(folder) && !system_.exists(folder + "-dropped")) return {};
    }
    return {StatusCode::resource_exhausted, "too many earlier versions are in use in " + folders_.work()};
  }

  [[nodiscard]] Status replace_and_start() {
    if (journal_.service_ran) {
      if (Status status = system_.stop_service(); !status.ok()) return status;
      report_.step(StepResult::done, "the service has finished its calls and stopped");
    }
    for (const ReplacedFile& file : journal_.files) {
      if (Status status = replace(file); !status.ok()) return status;
    }
    report_.step(StepResult::done, std::to_string(journal_.files.size()) + " files of the new version");
    return journal_.service_ran ? system_.start_service_and_wait() : Status{};
  }

  [[nodiscard]] Status replace(const ReplacedFile& file) {
    const std::string target = installed(file.path);
    if (file.was_there) {
      if (Status status = system_.move(target, old(file.path)); !status.ok()) return status;
    }
    if (Status status = system_.move(staged(file.path), target); !status.ok()) return status;
    const Status rights = system_.take_rights(file.was_there ? old(file.path) : "", target);
    if (!rights.ok()) report_.step(StepResult::not_set, "the rights that " + file.path + " had", rights.message);
    return {};
  }

  [[nodiscard]] UpgradeOutcome go_back(const Status& why) {
    report_.remark("the new version failed: " + why.message);
    if (Status status = restore(); !status.ok()) {
      return {ExitCode::not_restored, why.message + "; going back failed too: " + status.message +
                                          "; run plugbroker-install upgrade to try that again"};
    }
    return {ExitCode::rolled_back, why.message + "; the old version is back"};
  }

  [[nodiscard]] UpgradeOutcome give_up_staged(const Status& why) {
    system_.remove_folder(folders_.work() + "\\new");
    const bool denied = why.code == StatusCode::permission_denied;
    return {denied ? ExitCode::access_denied : ExitCode::failed, why.message + "; nothing was changed"};
  }

  // Files as they were, whatever has been done of the journal, and the service running if it ran. May itself be
  // interrupted, and called again.
  [[nodiscard]] Status restore() {
    const Result<bool> runs = system_.service_runs();
    if (!runs) return runs.status();
    if (*runs) {
      // It may have been started, by Windows or by hand, since this was interrupted.
      journal_.service_ran = true;
      if (Status status = system_.stop_service(); !status.ok()) return status;
    }
    for (const ReplacedFile& file : std::views::reverse(journal_.files)) {
      if (Status status = restore(file); !status.ok()) return status;
    }
    if (journal_.service_ran) {
      if (Status status = system_.start_service_and_wait(); !status.ok()) return status;
    }
    report_.step(StepResult::done, "the old version is back");
    put_away();
    return {};
  }

  [[nodiscard]] Status restore(const ReplacedFile& file) {
    const std::string target = installed(file.path);
    if (system_.exists(old(file.path))) {
      if (system_.exists(target)) {
        if (Status status = system_.move(target, dropped(file.path)); !status.ok()) return status;
      }
      return system_.move(old(file.path), target);
    }
    // The new version's alone, and no longer where it waited: so it is in place.
    const bool in_place = !file.was_there && system_.exists(target) && !system_.exists(staged(file.path));
    return in_place ? system_.move(target, dropped(file.path)) : Status{};
  }

  // The journal goes last: while it is there, the next run knows what the folders are.
  void put_away() {
    system_.remove_folder(folders_.work() + "\\new");
    const std::string old_folder = folders_.work() + "\\" + journal_.old_folder;
    const bool old_gone = system_.remove_folder(old_folder);
    const bool dropped_gone = system_.remove_folder(old_folder + "-dropped");
    if (!old_gone || !dropped_gone) {
      report_.remark(
          "some replaced files are in use, such as the client library in a host application; they are removed "
          "by the next upgrade, or when Windows starts");
    }
    const Status removed = system_.remove_file(folders_.journal());
    if (!removed.ok()) report_.remark("the journal can't be removed: " + removed.message);
    if (old_gone && dropped_gone) sweep_upgrade_leftovers(folders_, system_);
  }

  const UpgradeFolders& folders_;
  UpgradeSystem& system_;
  CommandReport& report_;
  UpgradeJournal journal_;
};

}  // namespace

UpgradeOutcome run_upgrade(const UpgradeFolders& folders, UpgradeSystem& system, CommandReport& report) {
  return Upgrade{folders, system, report}.run();
}

bool sweep_upgrade_leftovers(const UpgradeFolders& folders, UpgradeSystem& system) {
  return system.remove_folder(folders.work());
}

}  // namespace plugbroker::installer
