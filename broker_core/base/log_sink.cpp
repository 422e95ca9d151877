// SPDX-License-Identifier: Apache-2.0
#include "broker_core/base/log_sink.h"

namespace plugbroker {

std::string_view to_string(LogLevel level) noexcept {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::information:
      return "information";
    case LogLevel::warning:
      return "warning";
    case LogLevel::error:
      return "error";
  }
  return "unrecognised";
}

}  // namespace plugbroker
