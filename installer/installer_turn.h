// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>

#include "broker_core/base/result.h"
#include "broker_core/base/time.h"
#include "broker_core/win/lock_file.h"

namespace plugbroker::installer {

/// Keeps two of this program, also of two folders, from changing the machine at once: the data folder's access list, for
/// one, is read, completed and written back by each. Ends with the process, however that ends.
class InstallerTurn {
 public:
  /// In the Windows folder, where only administrators can make a file.
  [[nodiscard]] static std::filesystem::path default_place();

  /// Waits until nobody else has it. failed_precondition when that takes longer than `patience`. Who may not make the
  /// file gets a turn all the same: what he may not do either says so better.
  [[nodiscard]] static Result<InstallerTurn> take(const std::filesystem::path& place, Duration patience);

 private:
  explicit InstallerTurn(std::optional<win::LockFile> lock) : lock_(std::move(lock)) {}

  std::optional<win::LockFile> lock_;
};

}  // namespace plugbroker::installer
