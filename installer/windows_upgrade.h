// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <set>
#include <string>

#include "broker_core/base/time.h"
#include "installer/admin_status.h"
#include "installer/plan/command_report.h"
#include "installer/plan/upgrade_system.h"

namespace plugbroker::installer {

/// What an upgrade has to know of the service.
struct UpgradedService {
  std::wstring name;
  std::filesystem::path program;     ///< As it is registered.
  std::filesystem::path in_version;  ///< The same relative to the folder of a version: "bin\plugbroker-service.exe".
  std::string config_path;
  AdminPipe admin_pipe;
  Duration ready_timeout{};
};

/// The files, the processes and the SCM of this machine.
class WindowsUpgrade final : public UpgradeSystem {
 public:
  WindowsUpgrade(UpgradedService service, CommandReport& report);

  [[nodiscard]] Result<std::vector<std::string>> files_below(const std::string& folder) override;
  [[nodiscard]] bool exists(const std::string& path) override;
  [[nodiscard]] bool same_content(const std::string& one, const std::string& other) override;
  [[nodiscard]] Status copy(const std::string& from, const std::string& to) override;
  [[nodiscard]] Status move(const std::string& from, const std::string& to) override;
  [[nodiscard]] Status take_rights(const std::string& like, const std::string& path) override;
  bool remove_folder(const std::string& folder) override;
  [[nodiscard]] Result<std::string> read_file(const std::string& path) override;
  [[nodiscard]] Status write_file(const std::string& path, const std::string& text) override;
  [[nodiscard]] Status remove_file(const std::string& path) override;
  [[nodiscard]] Result<bool> service_runs() override;
  [[nodiscard]] Status stop_service() override;
  [[nodiscard]] Status start_service_and_wait() override;
  void note_service() override;
  [[nodiscard]] Status check_new_version(const std::string& folder) override;

 private:
  [[nodiscard]] Status wait_until_it_serves();

  UpgradedService service_;
  CommandReport& report_;
  bool status_known_ = false;  ///< The old version's status could be asked for.
  std::set<std::string> served_before_;
};

}  // namespace plugbroker::installer
