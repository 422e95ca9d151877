// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "admin_cli/control_verbs.h"
#include "broker_core/base/result.h"
#include "broker_core/base/time.h"

namespace plugbroker::admin_cli {

/// What plugbrokerctl was asked to do. Texts are UTF-8; an empty one is the client library's default.
struct ControlCommand {
  ControlVerb verb = ControlVerb::help;
  std::string pipe;  ///< The pipe to connect to: the public one for `call`, the admin pipe for everything else.
  std::string service_name;
  std::string trusted_owners;  ///< Separated by semicolons.
  bool verbose = false;
  bool json = false;          ///< Not for `call`.
  std::string pool;           ///< Empty: none was named.
  std::uint64_t worker = 0;   ///< 0: none was named.
  std::string evidence_case;  ///< Empty: the list.
  std::string route;          ///< call
  std::string input_file;     ///< call; "-" is standard input, empty: no request bytes.
  std::string output_file;    ///< call; empty or "-": standard output.
  Duration deadline{};
};

inline constexpr Duration default_admin_deadline = std::chrono::seconds{5};
/// A reload reads and checks files.
inline constexpr Duration default_reload_deadline = std::chrono::seconds{30};
inline constexpr Duration default_call_deadline = std::chrono::seconds{30};

/// invalid_argument, with a sentence for people, when the arguments make no sense.
[[nodiscard]] Result<ControlCommand> parse_control_command(const std::vector<std::string>& arguments);

/// What --help prints.
[[nodiscard]] std::string control_help();

}  // namespace plugbroker::admin_cli
