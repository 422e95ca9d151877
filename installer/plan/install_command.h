// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker_core/base/result.h"
#include "broker_core/base/time.h"

namespace plugbroker::installer {

enum class InstallVerb : std::uint8_t {
  install,
  upgrade,
  configure,
  uninstall,
  start,
  stop,
  restart,
  status,
  doctor,
  help,
  version
};

/// "install"
[[nodiscard]] std::string_view verb_name(InstallVerb verb) noexcept;

/// What plugbroker-install was asked to do. Texts are UTF-8.
struct InstallCommand {
  InstallVerb verb = InstallVerb::help;
  std::string service_name;
  std::string config_path;    ///< Empty: what the service has, else the default below %ProgramData%.
  std::string display_name;   ///< Empty: what the service has, else its name.
  std::string account;        ///< Empty: what the service has, else NT SERVICE\ and the service's name.
  /// SIDs that may write the configuration beside administrators and the service; none: what the service has.
  std::vector<std::string> trusted_writers = {};
  std::string start;          ///< "auto", "delayed", "demand", "disabled"; empty: what the service has, else auto.
  std::string from;           ///< upgrade: the folder with the new version; empty: put an interrupted upgrade right.
  std::string trusted_owner;  ///< upgrade, doctor: a further owner of the pipes that is trusted, as a SID.
  Duration ready_timeout{};   ///< upgrade: how long the new version may take to become ready.
  bool password_from_input = false;  ///< A password for the account stands on standard input.
  bool purge = false;                ///< uninstall: the data folder too.
  bool strict = false;               ///< Stop at the first setting that can't be set.
  bool dry_run = false;              ///< Print the equivalent command lines; change nothing.
  bool json = false;
};

/// How plugbroker-install ends. Documented in docs/OPERATIONS.md; the numbers never change meaning.
enum class ExitCode : int {
  ok = 0,      ///< Done, or there was nothing to do; status: the service runs; doctor: nothing fails.
  failed = 1,  ///< What went wrong is on standard error.
  usage = 2,
  not_installed = 3,  ///< There is no such service.
  not_running = 4,    ///< status: installed, but not running.
  access_denied = 5,  ///< Needs an elevated prompt.
  not_set = 6,        ///< --strict: a setting could not be set.
  rolled_back = 7,    ///< upgrade: the new version failed; the old one is back.
  not_restored = 8,   ///< upgrade: the new version failed, and so did going back.
  unhealthy = 9,      ///< doctor: at least one check fails.
};

/// invalid_argument, with a sentence for people, when the arguments make no sense.
[[nodiscard]] Result<InstallCommand> parse_install_command(const std::vector<std::string>& arguments);

/// What --help prints.
[[nodiscard]] std::string install_help();

}  // namespace plugbroker::installer
