// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "broker_core/base/result.h"
#include "installer/plan/command_report.h"
#include "installer/plan/setup_plan.h"

namespace plugbroker::installer {

/// What setting up a service asks of the system. Tests fake it. Errors say what was refused; unimplemented: this system
/// does not have that at all.
class SetupSystem {
 public:
  virtual ~SetupSystem() = default;

  /// Owner, group and list of a folder as SDDL. not_found: there is none. failed_precondition: the path is a link,
  /// which is never followed, or no folder.
  [[nodiscard]] virtual Result<std::string> folder_sddl(const std::string& path) = 0;
  /// Makes a folder that has these rights from its first moment.
  [[nodiscard]] virtual Status make_folder(const std::string& path, const std::string& sddl) = 0;
  /// Gives a folder an owner and rights; `take_over` gives what is in it to the same owner, with the rights that come
  /// down from the folder. failed_precondition: there is a link in it.
  [[nodiscard]] virtual Status secure_folder(const std::string& path, const std::string& sddl, bool take_over) = 0;
  /// SIDs in SDDL's spelling whose folders are good: SYSTEM, Administrators, who runs this.
  [[nodiscard]] virtual std::vector<std::string> trusted_owners() = 0;

  /// Owner and list of a file, like folder_sddl.
  [[nodiscard]] virtual Result<std::string> file_sddl(const std::string& path) = 0;
  [[nodiscard]] virtual Status write_starter_config(const std::string& path) = 0;

  [[nodiscard]] virtual Result<bool> has_logon_right(const std::string& account) = 0;
  [[nodiscard]] virtual Status grant_logon_right(const std::string& account) = 0;

  /// Fills in what `setting` stands for. not_found: there is no such service.
  [[nodiscard]] virtual Status read(Setting setting, ServiceSettings& present) = 0;
  /// `registration` creates the service or changes the one that exists.
  [[nodiscard]] virtual Status set(Setting setting, const ServiceSettings& wanted) = 0;

  /// The message file that the source of the service's events has. not_found: there is no such source.
  [[nodiscard]] virtual Result<std::string> event_message_file() = 0;
  /// already_exists: the source is another product's.
  [[nodiscard]] virtual Status register_event_source(const std::string& message_file) = 0;
};

/// Carries the plan out: what is so already is left alone, what was set is read back. A folder, a configuration or a
/// registration that can't be had ends it. Every other thing that is refused is reported, and it goes on; with `strict`
/// it ends there with unimplemented.
[[nodiscard]] Status run_setup(const SetupPlan& plan, SetupSystem& system, bool strict, CommandReport& report);

}  // namespace plugbroker::installer
