// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "installer/plan/command_report.h"
#include "installer/plan/upgrade_system.h"

namespace plugbroker::installer {

/// Beside the folders of an installation; holds the new files before, and the old ones after they are replaced.
inline constexpr std::string_view upgrade_work_folder = ".plugbroker-upgrade";
inline constexpr std::string_view upgrade_journal_file = "journal.json";

/// Where the new version is and where the installed one is. Each file below `from` takes the place of the one with the
/// same path below `installed`; other files stay.
struct UpgradeFolders {
  std::string from;  ///< Empty: only put right what an interrupted upgrade left.
  std::string installed;
  std::string stamp =
      "1";  ///< Another one for each upgrade: Windows may still be told to remove files by an earlier one.

  [[nodiscard]] std::string work() const { return installed + "\\" + std::string{upgrade_work_folder}; }
  [[nodiscard]] std::string journal() const { return work() + "\\" + std::string{upgrade_journal_file}; }
};

struct UpgradeOutcome {
  ExitCode code = ExitCode::ok;
  std::string problem;
};

/// Copies the new version beside the old one and tries it there, while the service still runs; then stops the service,
/// moves the old files aside and the new ones in, starts it, and waits until it serves again. When that fails, the
/// old files come back and the old version is started. A service that did not run is not started.
///
/// Whatever it is interrupted by, the next call first puts the old version back, unless the new one served already.
[[nodiscard]] UpgradeOutcome run_upgrade(const UpgradeFolders& folders, UpgradeSystem& system, CommandReport& report);

/// Removes what upgrades left behind because it was in use. False: some still is.
bool sweep_upgrade_leftovers(const UpgradeFolders& folders, UpgradeSystem& system);

}  // namespace plugbroker::installer
