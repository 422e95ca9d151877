// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "installer/plan/setup_run.h"

namespace plugbroker::installer {

/// The SCM, the folders and the rights of this machine.
class WindowsSetup final : public SetupSystem {
 public:
  /// `password` is the account's, for the registration.
  WindowsSetup(std::wstring service_name, std::optional<std::wstring> password);

  [[nodiscard]] Result<std::string> folder_sddl(const std::string& path) override;
  [[nodiscard]] Status make_folder(const std::string& path, const std::string& sddl) override;
  [[nodiscard]] Status secure_folder(const std::string& path, const std::string& sddl, bool take_over) override;
  [[nodiscard]] std::vector<std::string> trusted_owners() override;
  [[nodiscard]] Result<std::string> file_sddl(const std::string& path) override;
  [[nodiscard]] Status write_starter_config(const std::string& path) override;
  [[nodiscard]] Result<bool> has_logon_right(const std::string& account) override;
  [[nodiscard]] Status grant_logon_right(const std::string& account) override;
  [[nodiscard]] Status read(Setting setting, ServiceSettings& present) override;
  [[nodiscard]] Status set(Setting setting, const ServiceSettings& wanted) override;
  [[nodiscard]] Result<std::string> event_message_file() override;
  [[nodiscard]] Status register_event_source(const std::string& message_file) override;

 private:
  std::wstring service_name_;
  std::optional<std::wstring> password_;
};

}  // namespace plugbroker::installer
