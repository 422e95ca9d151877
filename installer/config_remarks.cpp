// SPDX-License-Identifier: Apache-2.0
#include "installer/config_remarks.h"

#include <system_error>

#include "broker_core/config/config_file.h"
#include "broker_core/win/route_access.h"
#include "broker_core/win/utf16.h"

namespace plugbroker::installer {

Steps config_remarks(const std::filesystem::path& file, const std::filesystem::path& data_folder) {
  Steps remarks;
  const std::string path = win::to_utf8(file.native());
  const config::ConfigOutcome outcome = config::load_config(path, config::path_exists, win::route_access_problem);
  if (outcome.config) {
    remarks.push_back("the configuration is good");
  } else {
    const std::string first = outcome.problems.empty() ? "it can't be read" : outcome.problems.front();
    remarks.push_back("the service will NOT start with this configuration: " + first +
                      " (all that is wrong: plugbroker-service check-config --config " + path + ")");
  }
  std::error_code error;
  if (!std::filesystem::equivalent(file.parent_path(), data_folder, error)) {
    remarks.push_back("whoever may write " + win::to_utf8(file.parent_path().native()) +
                      " decides what the service runs: leave that to administrators");
  }
  return remarks;
}

}  // namespace plugbroker::installer
