// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "broker_core/base/result.h"
#include "installer/plan/folder_access.h"
#include "installer/plan/install_command.h"
#include "installer/plan/service_settings.h"

namespace plugbroker::installer {

/// A folder that is to be there, with these rights.
struct FolderStep {
  std::string path;
  FolderAccess access;
};
/// The first configuration, where there is none.
struct ConfigStep {
  std::string path;
};
/// "Log on as a service" for an account that does not have it by itself.
struct LogonRightStep {
  std::string account;
};
/// The source of the service's events in the Windows event log.
struct EventSourceStep {
  std::string message_file;
  std::uint32_t categories = 0;
};
struct SettingStep {
  Setting setting = Setting::registration;
};

using Step = std::variant<FolderStep, ConfigStep, LogonRightStep, SettingStep, EventSourceStep>;

/// All that installing, or configuring, has to see to, in order.
struct SetupPlan {
  std::string service_name;
  bool registered = false;  ///< It was when the plan was made.
  bool new_password = false;
  ServiceSettings settings;
  std::vector<Step> steps;
};

/// What the machine says before anything is done.
struct SetupFacts {
  std::string own_program;  ///< plugbroker-service.exe beside this program.
  std::string data_folder;
  std::string default_config;
  std::string default_service_name;
  std::string service_sid;
  std::string description;
  std::string event_message_file;  ///< Its name; it lies beside the service's program.
  std::uint32_t event_categories = 0;
  /// The service as it is registered; only what `registration` and `delayed_start` say.
  std::optional<ServiceSettings> registered;
  bool registered_program_exists = false;
};

/// Command line, display name, account and start type: what the command says, else what the service has, else the
/// defaults. `configure` leaves the service's program as it is, if it exists and is this product's, and puts the
/// quotation marks right; `install` names `own_program`. not_found: `configure` without a service.
/// failed_precondition: the account needs a password, and none is given.
[[nodiscard]] Result<ServiceSettings> choose_registration(const InstallCommand& command, const SetupFacts& facts);

/// The configuration that a command line names, else `default_config`.
[[nodiscard]] std::string config_path_of(const ServiceSettings& settings, const std::string& default_config);

/// Who else may write the configuration by a command line: the SIDs of --trust-writer.
[[nodiscard]] std::vector<std::string> trusted_writers_of(const ServiceSettings& settings);

/// The plan for settings whose registration is chosen; fills in what every installation has.
[[nodiscard]] SetupPlan make_setup_plan(const InstallCommand& command, const SetupFacts& facts,
                                        const ServiceSettings& chosen, Duration shutdown_time);

/// What one step sees to, for people.
[[nodiscard]] std::string step_title(const Step& step, const SetupPlan& plan);

}  // namespace plugbroker::installer
