// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "broker_core/base/time.h"

namespace plugbroker::engine {

/// "2000 ms"; a fraction counts as a whole one.
[[nodiscard]] inline std::string milliseconds_text(Duration duration) {
  return std::to_string(std::chrono::ceil<std::chrono::milliseconds>(duration).count()) + " ms";
}

}  // namespace plugbroker::engine
