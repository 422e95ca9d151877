// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "broker_core/config/config_reader.h"

namespace plugbroker::config {

/// Reads `text` as if every file and folder existed.
inline ConfigOutcome read(std::string_view text) {
  return read_config(text, [](const std::string&, PathKind) { return true; });
}

/// A configuration whose pool "p" has `keys` (with a comma at the end) beside what it needs.
inline std::string with_pool_keys(std::string_view keys) {
  return R"({"pools":{"p":{"command":["C:\\w.exe"],"routes":["r"],)" + std::string{keys} + "}}}";
}

/// A sound configuration with further top-level `keys` (with a comma at the end).
inline std::string with_top_keys(std::string_view keys) {
  return "{" + std::string{keys} + R"("pools":{"p":{"command":["C:\\w.exe"],"routes":["r"]}}})";
}

}  // namespace plugbroker::config
