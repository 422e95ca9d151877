// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>
#include <string_view>

#include "broker_core/base/result.h"

namespace plugbroker::config {

/// Reads JSON with comments (`//`, `/* */`) and trailing commas. At most 32 levels deep.
///
/// The first thing wrong is returned as invalid_argument, "line 3, column 7: …"; a key that an object has twice is
/// wrong too. Lines and columns count from 1, columns in bytes.
[[nodiscard]] Result<boost::json::value> parse_json_text(std::string_view text);

}  // namespace plugbroker::config
