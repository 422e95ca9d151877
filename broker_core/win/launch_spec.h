// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

namespace plugbroker::win {

/// How to start a worker of one pool. All texts are UTF-8.
struct LaunchSpec {
  std::string pool;
  std::vector<std::string>
      command;                    ///< The program, then its arguments. A bare name is looked up in PATH, nowhere else.
  std::string working_directory;  ///< Empty: the program's folder. A relative program is relative to it.
  std::map<std::string, std::string> environment;  ///< On top of the account's own.
};

}  // namespace plugbroker::win
