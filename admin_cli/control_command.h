// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker_core/base/result.h"
#include "broker_core/base/time.h"

namespace plugbroker::admin_cli {

enum class ControlVerb : std::uint8_t { status, call, help, version };

/// What plugbrokerctl was asked to do. Texts are UTF-8; an empty one is the client library's default.
struct ControlCommand {
  ControlVerb verb = ControlVerb::help;
  std::string pipe;  ///< The pipe to connect to: the admin pipe for `status`, the public one for `call`.
  std::string service_name;
  std::string trusted_owners;  ///< Separated by semicolons.
  bool verbose = false;
  bool json = false;        ///< status
  std::string route;        ///< call
  std::string input_file;   ///< call; "-" is standard input, empty: no request bytes.
  std::string output_file;  ///< call; empty or "-": standard output.
  Duration deadline{};
};

inline constexpr Duration default_status_deadline = std::chrono::seconds{5};
inline constexpr Duration default_call_deadline = std::chrono::seconds{30};

/// invalid_argument, with a sentence for people, when the arguments make no sense.
[[nodiscard]] Result<ControlCommand> parse_control_command(const std::vector<std::string>& arguments);

/// What --help prints.
[[nodiscard]] std::string control_help();

}  // namespace plugbroker::admin_cli
