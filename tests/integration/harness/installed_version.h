// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/integration/harness/installed_service.h"

namespace plugbroker::harness {

/// A version of the product in a folder of the test, as an unzipped package is: bin\ with the staged programs. Each
/// program has `mark` at its end, by which versions can be told apart; it runs all the same.
class Version {
 public:
  Version(std::filesystem::path folder, const std::string& mark);

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] std::filesystem::path program(const std::string& name) const;
  /// The mark that the program at `path` has at its end, of as many characters as this version's.
  [[nodiscard]] std::string mark_of(const std::filesystem::path& path) const;

 private:
  std::filesystem::path folder_;
  std::string mark_;
};

/// The names of the files of a version.
[[nodiscard]] const std::vector<std::string>& version_files();

/// Runs plugbroker-install of a version for the service.
Finished run_installer(const std::filesystem::path& installer, const InstalledService& service,
                       std::vector<std::string> arguments);

}  // namespace plugbroker::harness
