// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "installer/plan/upgrade_system.h"

namespace plugbroker::installer {

/// The process was ended, or the machine, at this point.
struct Interrupted {};

/// A disk and a service in memory. Every change counts; after `changes_left` of them it is interrupted.
class FakeUpgradeSystem final : public UpgradeSystem {
 public:
  std::map<std::string, std::string> files;   ///< Path, content.
  std::map<std::string, std::string> rights;  ///< Path, what an administrator gave it.
  std::set<std::string> loaded;               ///< Contents of files that can be moved, and not deleted.
  bool running = true;
  int changes_left = 1'000'000;
  std::string start_fails_with;     ///< The content of the service's program with which it does not start.
  std::string check_fails_with;     ///< The same for check_new_version.
  std::string move_fails_for;       ///< A target.
  std::vector<std::string> starts;  ///< The content of every file below `installed` at each start.
  std::string installed = "I";
  bool forgets_the_journal = false;  ///< A disk that writes nothing, and says that it did.

  Result<std::vector<std::string>> files_below(const std::string& folder) override {
    std::vector<std::string> found;
    for (const auto& [path, content] : files) {
      if (path.starts_with(folder + "\\")) found.push_back(path.substr(folder.size() + 1));
    }
    return found;
  }
  bool exists(const std::string& path) override { return files.contains(path) || !files_below(path)->empty(); }
  bool same_content(const std::string& one, const std::string& other) override { return files[one] == files[other]; }
  Status copy(const std::string& from, const std::string& to) override {
    change();
    files[to] = files.at(from);
    return {};
  }
  Status move(const std::string& from, const std::string& to) override {
    change();
    if (to == move_fails_for) return {StatusCode::already_exists, "in use"};
    if (!files.contains(from)) return {StatusCode::not_found, "there is no " + from};
    if (files.contains(to)) return {StatusCode::already_exists, "there is " + to};
    files[to] = files[from];
    files.erase(from);
    if (rights.contains(from)) rights[to] = rights[from];
    rights.erase(from);
    return {};
  }
  Status take_rights(const std::string& like, const std::string& path) override {
    change();
    if (rights.contains(like)) rights[path] = rights[like];
    return {};
  }
  bool remove_folder(const std::string& folder) override {
    bool all_gone = true;
    for (auto at = files.begin(); at != files.end();) {
      const bool in_folder = at->first.starts_with(folder + "\\");
      if (in_folder && loaded.contains(at->second)) {
        all_gone = false;
      } else if (in_folder) {
        change();
        at = files.erase(at);
        continue;
      }
      ++at;
    }
    return all_gone;
  }
  Result<std::string> read_file(const std::string& path) override { return files.at(path); }
  Status write_file(const std::string& path, const std::string& text) override {
    change();
    if (!forgets_the_journal) files[path] = text;
    return {};
  }
  Status remove_file(const std::string& path) override {
    change();
    files.erase(path);
    return {};
  }
  Result<bool> service_runs() override { return running; }
  Status stop_service() override {
    change();
    running = false;
    return {};
  }
  Status start_service_and_wait() override {
    change();
    starts.push_back(installed_contents());
    running = files[installed + "\\bin\\service.exe"] != start_fails_with;
    return running ? Status{} : Status{StatusCode::aborted, "the service stopped instead"};
  }
  void note_service() override {}
  Status check_new_version(const std::string& folder) override {
    if (files[folder + "\\bin\\service.exe"] != check_fails_with) return {};
    return {StatusCode::failed_precondition, "it can't be run"};
  }

  /// The contents, in the order of the paths; "" for what does not belong to a version.
  std::string installed_contents() const {
    std::string text;
    for (const auto& [path, content] : files) {
      const bool of_a_version = path.starts_with(installed + "\\bin\\");
      if (of_a_version) text += content + ' ';
    }
    return text;
  }

 private:
  void change() {
    if (--changes_left < 0) throw Interrupted{};
  }
};

}  // namespace plugbroker::installer
