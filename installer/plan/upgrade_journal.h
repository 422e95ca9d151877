// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker_core/base/result.h"

namespace plugbroker::installer {

enum class UpgradePhase : std::uint8_t {
  replacing,  ///< Files may be of either version: what is found so is taken back to the old one.
  committed,  ///< The new version serves; only the old files are to be put away.
};

struct ReplacedFile {
  std::string path;        ///< Relative to the installation.
  bool was_there = false;  ///< The old version has it too.

  bool operator==(const ReplacedFile&) const = default;
};

/// What an upgrade writes down before it touches anything, so that the next run can put right what broke off.
struct UpgradeJournal {
  UpgradePhase phase = UpgradePhase::replacing;
  bool service_ran = false;
  std::string old_folder;  ///< Where the old files go, relative to the work folder.
  std::vector<ReplacedFile> files;

  bool operator==(const UpgradeJournal&) const = default;
};

[[nodiscard]] std::string journal_text(const UpgradeJournal& journal);
/// data_loss when the text is none of ours, or names a path that leads out of the installation.
[[nodiscard]] Result<UpgradeJournal> parse_journal(const std::string& text);

}  // namespace plugbroker::installer
