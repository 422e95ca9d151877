// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>
#include <string>

namespace plugbroker::config {

/// What is wrong with `value` by a JSON Schema, the first fault with its place; empty when nothing is. Knows the
/// keywords that ours uses, and throws std::runtime_error for any other.
[[nodiscard]] std::string schema_verdict(const boost::json::value& schema, const boost::json::value& value,
                                         const std::string& place = "");

}  // namespace plugbroker::config
