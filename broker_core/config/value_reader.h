// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string_view>

#include "broker_core/config/problem_list.h"
#include "broker_core/config/schema_table.h"

namespace plugbroker::config {

/// Reads one value as its schema entry has it. Adds every problem below `path`; nothing is returned then.
[[nodiscard]] std::optional<Value> read_value(const SchemaEntry& entry, const boost::json::value& json,
                                              std::string_view path, ProblemList& problems);

/// The value that holds when the key is absent. Only for entries that are not required.
[[nodiscard]] Value fallback_value(const SchemaEntry& entry);

/// The same as the file would have it. Only for entries that have a fallback.
[[nodiscard]] boost::json::value fallback_json(const SchemaEntry& entry);

/// "a text", "the number 1.5": what was found where something else was expected.
[[nodiscard]] std::string found_kind(const boost::json::value& json);

}  // namespace plugbroker::config
