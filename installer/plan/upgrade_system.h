// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "broker_core/base/result.h"

namespace plugbroker::installer {

/// What an upgrade asks of the system. Paths are UTF-8 with backslashes. Tests fake it, and let it break off anywhere.
class UpgradeSystem {
 public:
  virtual ~UpgradeSystem() = default;

  /// The files below a folder, as paths relative to it, sorted; none when there is no such folder.
  /// resource_exhausted: more than an installation can have. failed_precondition: there is a link.
  [[nodiscard]] virtual Result<std::vector<std::string>> files_below(const std::string& folder) = 0;
  [[nodiscard]] virtual bool exists(const std::string& path) = 0;
  [[nodiscard]] virtual bool same_content(const std::string& one, const std::string& other) = 0;
  /// Each makes the folders that the target needs. A move replaces nothing, and works for a program that runs.
  [[nodiscard]] virtual Status copy(const std::string& from, const std::string& to) = 0;
  [[nodiscard]] virtual Status move(const std::string& from, const std::string& to) = 0;
  /// Gives `path` the rights that `like` has itself, and those that come down from its own folder.
  [[nodiscard]] virtual Status take_rights(const std::string& like, const std::string& path) = 0;
  /// Removes what can be removed of a folder, and has the system remove the rest when it starts. False: some is left.
  virtual bool remove_folder(const std::string& folder) = 0;
  [[nodiscard]] virtual Result<std::string> read_file(const std::string& path) = 0;
  /// All or nothing, and on the disk when it returns.
  [[nodiscard]] virtual Status write_file(const std::string& path, const std::string& text) = 0;
  [[nodiscard]] virtual Status remove_file(const std::string& path) = 0;

  [[nodiscard]] virtual Result<bool> service_runs() = 0;
  /// Waits until it has stopped; running calls may finish. Ok when it does not run.
  [[nodiscard]] virtual Status stop_service() = 0;
  /// Waits until it runs and serves what it served when `note_service` was called.
  [[nodiscard]] virtual Status start_service_and_wait() = 0;
  /// Notes which pools serve at the moment.
  virtual void note_service() = 0;
  /// Not ok when the new version, which lies in `folder`, can't be run or doesn't take the service's configuration.
  [[nodiscard]] virtual Status check_new_version(const std::string& folder) = 0;
};

}  // namespace plugbroker::installer
