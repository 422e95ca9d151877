// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "installer/plan/setup_run.h"

namespace plugbroker::installer {

/// A machine in memory. What it does not support it refuses, as Wine does; what it drops it accepts and forgets.
class FakeSetupSystem final : public SetupSystem {
 public:
  std::map<std::string, std::string> folders;  ///< Path, SDDL.
  std::map<std::string, std::string> files;
  std::set<std::string> links;
  std::set<std::string> logon_rights;
  std::map<Setting, ServiceSettings> held;
  std::set<Setting> unsupported;
  std::set<Setting> dropped;
  std::set<Setting> unreadable;
  std::vector<std::string> changes;  ///< In order.
  std::string event_source;          ///< Its message file.
  Status event_refusal;
  bool drops_owners = false;

  Result<std::string> folder_sddl(const std::string& path) override { return look_up(folders, path); }
  Status make_folder(const std::string& path, const std::string& sddl) override {
    changes.push_back("make " + path);
    folders[path] = kept(sddl);
    return {};
  }
  Status secure_folder(const std::string& path, const std::string& sddl, bool take_over) override {
    changes.push_back((take_over ? "take over " : "secure ") + path);
    folders[path] = kept(sddl);
    return {};
  }
  std::vector<std::string> trusted_owners() override { return {"SY", "BA", "S-1-5-21-1-2-3-1000"}; }
  Result<std::string> file_sddl(const std::string& path) override { return look_up(files, path); }
  Status write_starter_config(const std::string& path) override {
    changes.push_back("write " + path);
    files[path] = "O:BAD:AI";
    return {};
  }
  Result<bool> has_logon_right(const std::string& account) override { return logon_rights.contains(account); }
  Status grant_logon_right(const std::string& account) override {
    changes.push_back("grant " + account);
    logon_rights.insert(account);
    return {};
  }
  Status read(Setting setting, ServiceSettings& present) override {
    if (unsupported.contains(setting) || unreadable.contains(setting)) return not_supported();
    const auto found = held.find(setting);
    if (found != held.end()) present = found->second;
    return held.contains(Setting::registration) ? Status{} : Status{StatusCode::not_found, "not installed"};
  }
  Status set(Setting setting, const ServiceSettings& wanted) override {
    if (unsupported.contains(setting)) return not_supported();
    changes.push_back("set " + std::to_string(static_cast<int>(setting)));
    if (!dropped.contains(setting)) held[setting] = wanted;
    return {};
  }
  Result<std::string> event_message_file() override {
    if (event_source.empty()) return {StatusCode::not_found, "there is no event source"};
    return event_source;
  }
  Status register_event_source(const std::string& message_file) override {
    if (!event_refusal.ok()) return event_refusal;
    changes.push_back("event source " + message_file);
    event_source = message_file;
    return {};
  }

 private:
  static Status not_supported() { return {StatusCode::unimplemented, "not supported by this system"}; }

  Result<std::string> look_up(const std::map<std::string, std::string>& things, const std::string& path) const {
    if (links.contains(path)) return {StatusCode::failed_precondition, path + " is a link"};
    const auto found = things.find(path);
    if (found == things.end()) return {StatusCode::not_found, "there is no " + path};
    return found->second;
  }

  std::string kept(const std::string& sddl) const {
    return drops_owners ? "O:S-1-5-21-1-2-3-1000" + sddl.substr(sddl.find("G:")) : sddl;
  }
};

}  // namespace plugbroker::installer
